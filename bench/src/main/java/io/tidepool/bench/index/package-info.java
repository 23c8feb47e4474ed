/** Where chunk bytes should lie: the agent's sparse files against values in RocksDB (docs/adr/0002). */
@org.jspecify.annotations.NullMarked
package io.tidepool.bench.index;
