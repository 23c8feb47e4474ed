/** What the demo and the benchmarks run on: an emulator, an agent, clients, each a process, in a place of their own. */
@org.jspecify.annotations.NullMarked
package io.tidepool.bench.lab;
