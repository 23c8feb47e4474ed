package io.tidepool.bench.host;

/**
 * One measurement of one alternative.
 *
 * @param seconds from the start of the first client to the end of the last
 * @param deliveredBytes that all clients together got
 * @param clientCpuSeconds of all clients, their system calls included (with a mount: the kernel's copying)
 * @param agentCpuSeconds of the agent's process, up to a moment after the clients' end
 * @param emulatorCpuSeconds of the bucket's process
 * @param otherCpuShare how much of the machine's processors everybody else had meanwhile, 0 to 1: the noise
 * @param originBytes that the bucket sent
 */
record Run(
        double seconds,
        long deliveredBytes,
        double clientCpuSeconds,
        double agentCpuSeconds,
        double emulatorCpuSeconds,
        double otherCpuShare,
        long originBytes) {}
