package io.tidepool.agent.peer.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidepool.agent.chunk.ObjectVersion;
import io.tidepool.agent.peer.tracker.Stretch;
import io.tidepool.agent.peer.tracker.ToTracker;
import io.tidepool.agent.peer.tracker.ToTracker.Heartbeat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a host says that it lives, and when a tracker that doesn't is silent. Times in milliseconds. */
class ConversationTest {
    private static final Heartbeat IDLE = new Heartbeat(0, 32, true);
    private static final Heartbeat ACTIVE = new Heartbeat(0, 32);
    private static final ToTracker WORD =
            new ToTracker.Wrong(Stretch.of(new ObjectVersion("bucket", "model.bin", "1", 1L << 30).chunk(0)));

    private final List<ToTracker> sent = new ArrayList<>();
    private final Conversation conversation = new Conversation();

    ConversationTest() {
        conversation.over(new Link() {
            @Override
            public void send(ToTracker message) {
                sent.add(message);
            }

            @Override
            public void close() {}
        });
    }

    /** What is sent by beats in this time, ten a second. */
    private List<ToTracker> beats(int from, int to) {
        sent.clear();
        for (int at = from; at < to; at += 100) {
            conversation.beat(ACTIVE, at * 1_000_000L, at * 1_000_000L);
        }
        return List.copyOf(sent);
    }

    private void say(int at) {
        conversation.say(WORD, at * 1_000_000L);
    }

    private boolean isSilent(int at) {
        return conversation.isSilent(at * 1_000_000L);
    }

    @Test
    void whoHasSaidNothingSaysRarelyThatItLives() {
        assertThat(beats(0, 20_000)).containsExactly(IDLE, IDLE, IDLE, IDLE);
        assertThat(beats(20_000, 21_000)).containsExactly(IDLE);
        say(21_000);
        assertThat(beats(21_000, 81_000)).as("at once, and often").hasSize(120).containsOnly(ACTIVE);
    }

    @Test
    void aTrackerIsSilentThatOwesAWordForTwoSecondsAndFiveBeforeItsFirst() {
        assertThat(isSilent(60_000)).as("nothing was said to it").isFalse();
        say(1000);
        say(5000);
        assertThat(isSilent(6000)).isFalse();
        assertThat(isSilent(6001)).isTrue();
        assertThat(conversation.isNew()).isTrue();
        conversation.heard();
        assertThat(conversation.isNew()).isFalse();
        assertThat(isSilent(60_000)).isFalse();
        say(60_000);
        assertThat(isSilent(62_000)).isFalse();
        assertThat(isSilent(62_001)).isTrue();
        conversation.heard();
        assertThat(isSilent(62_001)).isFalse();
    }

    @Test
    void aHeartbeatWantsAWordToo() {
        conversation.heard();
        beats(0, 100);
        assertThat(isSilent(2000)).isFalse();
        assertThat(isSilent(2001)).isTrue();
    }

    @Test
    void heartbeatsGoByTheClockThatGoesOnAndSilenceByTheOther() {
        conversation.heard();
        say(0);
        conversation.beat(ACTIVE, 0, 0);
        conversation.beat(ACTIVE, 600_000_000L, 150_000_000L);
        assertThat(sent).containsExactly(WORD, ACTIVE, ACTIVE);
        assertThat(isSilent(2000)).isFalse();
    }
}
