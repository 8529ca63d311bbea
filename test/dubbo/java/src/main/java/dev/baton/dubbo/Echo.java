package dev.baton.dubbo;

/** The service: says who answered. */
public interface Echo {
  String whoAnswers();
}
