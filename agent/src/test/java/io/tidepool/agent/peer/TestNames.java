package io.tidepool.agent.peer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The names under {@link #DOMAIN} are what tests say, in this whole JVM; the JVM asks it, as it asks DNS. */
public final class TestNames extends InetAddressResolverProvider {
    static final String DOMAIN = ".tidepool.test";

    private static final Map<String, String[]> ADDRESSES = new ConcurrentHashMap<>();
    private static final Map<String, AtomicInteger> ASKED = new ConcurrentHashMap<>();

    static void put(String name, String... addresses) {
        ADDRESSES.put(name, addresses);
    }

    /** How often somebody asked for it; the JVM remembers answers. */
    static int asked(String name) {
        return ASKED.getOrDefault(name, new AtomicInteger()).get();
    }

    @Override
    public String name() {
        return "names of tests";
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver builtin = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                if (!host.endsWith(DOMAIN)) {
                    return builtin.lookupByName(host, policy);
                }
                ASKED.computeIfAbsent(host, any -> new AtomicInteger()).incrementAndGet();
                String[] addresses = ADDRESSES.get(host);
                if (addresses == null) {
                    throw new UnknownHostException(host);
                }
                return Stream.of(addresses).map(InetAddress::ofLiteral);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return builtin.lookupByAddress(address);
            }
        };
    }
}
