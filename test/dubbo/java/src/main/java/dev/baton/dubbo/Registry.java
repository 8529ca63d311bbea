package dev.baton.dubbo;

import org.apache.zookeeper.server.ZooKeeperServerMain;

/** ZooKeeper on one port: {@code Registry <port> <directory>}. */
public final class Registry {
  public static void main(String[] args) {
    ZooKeeperServerMain.main(new String[] {args[0], args[1]});
  }
}
