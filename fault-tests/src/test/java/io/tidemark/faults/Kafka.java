package io.tidemark.faults;

/** Where clients find Kafka: one broker, or several. */
interface Kafka {

    /** Where clients come to directly. */
    String direct();

    /** Where clients come to that shall go through a proxy. */
    String proxied();

    /** How many copies a topic may have. */
    short replicas();
}
