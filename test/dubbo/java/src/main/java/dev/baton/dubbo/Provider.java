package dev.baton.dubbo;

import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/** {@code Provider <name> <port> <qosPort> <registryPort>}; says "ready" when it is. */
public final class Provider {
  public static void main(String[] args) {
    String name = args[0];
    ServiceConfig<Echo> service = new ServiceConfig<>();
    service.setInterface(Echo.class);
    service.setRef(() -> name);
    ApplicationConfig application = new ApplicationConfig("provider");
    application.setQosPort(Integer.parseInt(args[2]));
    application.setQosAcceptForeignIp(false);
    ProtocolConfig protocol = new ProtocolConfig("dubbo", Integer.parseInt(args[1]));
    protocol.setHost("127.0.0.1");
    DubboBootstrap.getInstance()
        .application(application)
        .registry(new RegistryConfig("zookeeper://127.0.0.1:" + args[3]))
        .protocol(protocol)
        .service(service)
        .start();
    System.out.println("ready");
    DubboBootstrap.getInstance().await();
  }
}
