package io.tidemark.benchmarks.run;

/**
 * What one run of one contestant came to.
 *
 * @param contestant who
 * @param workload on what
 * @param round in which turn
 * @param records records of the window it was measured over
 * @param seconds length of the window
 * @param clientCpu CPU seconds it used in the window, with its Redis
 * @param brokerCpu CPU seconds the broker used in the window
 * @param foreignCpu share of the machine that others used in the window
 * @param changelogBytes bytes of its changelog on the broker's disk at the end of the window, for each total (and each marker of a transaction) so far
 * @param peakMemory most memory its process occupied
 */
record Figure(
        Contestant contestant,
        String workload,
        int round,
        long records,
        double seconds,
        double clientCpu,
        double brokerCpu,
        double foreignCpu,
        double changelogBytes,
        long peakMemory) {

    double perSecond() {
        return records / seconds;
    }

    double cpuPerMillion() {
        return (clientCpu + brokerCpu) * 1_000_000 / records;
    }
}
