package dev.baton.dubbo;

import java.util.Map;
import java.util.TreeMap;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/**
 * {@code Consumer <qosPort> <registryPort>}: calls 50 times a second, without retries, and prints one
 * line every 200 ms: {@code calls <failed in all> <answers of each provider in this time>}.
 */
public final class Consumer {
  public static void main(String[] args) throws InterruptedException {
    ReferenceConfig<Echo> reference = new ReferenceConfig<>();
    reference.setInterface(Echo.class);
    reference.setRetries(0);
    reference.setTimeout(3000);
    ApplicationConfig application = new ApplicationConfig("consumer");
    application.setQosPort(Integer.parseInt(args[0]));
    DubboBootstrap.getInstance()
        .application(application)
        .registry(new RegistryConfig("zookeeper://127.0.0.1:" + args[1]))
        .reference(reference)
        .start();
    Echo echo = reference.get();
    long failed = 0;
    while (true) {
      Map<String, Integer> answers = new TreeMap<>();
      for (int call = 0; call < 10; call++) {
        try {
          answers.merge(echo.whoAnswers(), 1, Integer::sum);
        } catch (RuntimeException error) {
          failed++;
          System.out.println("failed " + String.valueOf(error.getMessage()).split("\n")[0]);
        }
        Thread.sleep(20);
      }
      StringBuilder line = new StringBuilder("calls ").append(failed);
      answers.forEach((who, count) -> line.append(' ').append(who).append('=').append(count));
      System.out.println(line);
    }
  }
}
