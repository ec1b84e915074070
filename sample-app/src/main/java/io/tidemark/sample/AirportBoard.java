package io.tidemark.sample;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.PartitionOffset;
import org.springframework.kafka.annotation.TopicPartition;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What the page shows: the committed output topics, read from their start, as any other consumer would. */
@Component
class AirportBoard {

    private static final Logger log = LoggerFactory.getLogger(AirportBoard.class);
    private static final int SHOWN_ALERTS = 12;

    private final Map<String, DelayStats> statistics = new ConcurrentHashMap<>();
    private final ConcurrentNavigableMap<Long, Alert> alerts = new ConcurrentSkipListMap<>();
    private final JsonMapper json;
    private final AirportDirectory airports;

    /**
     * A row of the page.
     *
     * @param airport IATA code
     * @param name the airport's name
     * @param place city and state
     * @param flights its flights so far
     * @param meanMinutes mean delay
     * @param recentMinutes moving average of delays
     * @param worstMinutes largest delay
     * @param severe whether it is in trouble
     */
    record Row(
            String airport,
            String name,
            String place,
            long flights,
            double meanMinutes,
            double recentMinutes,
            int worstMinutes,
            boolean severe) {}

    /**
     * All of the page.
     *
     * @param flights flights counted so far
     * @param airports airports seen so far
     * @param severe airports in trouble now
     * @param alertCount alerts raised so far
     * @param top the worst airports now
     * @param alerts the newest alerts
     */
    record Board(long flights, int airports, long severe, long alertCount, List<Row> top, List<Alert> alerts) {}

    AirportBoard(JsonMapper json, AirportDirectory airports) {
        this.json = json;
        this.airports = airports;
    }

    @KafkaListener(
            id = "airport-board-statistics",
            topicPartitions =
                    @TopicPartition(
                            topic = Topics.STATISTICS,
                            partitions = "0-3",
                            partitionOffsets = @PartitionOffset(partition = "*", initialOffset = "0")))
    void statistics(String value, @Header(KafkaHeaders.RECEIVED_KEY) String airport) {
        statistics.put(airport, json.readValue(value, DelayStats.class));
    }

    @KafkaListener(
            id = "airport-board-alerts",
            topicPartitions =
                    @TopicPartition(
                            topic = Topics.ALERTS,
                            partitions = "0-3",
                            partitionOffsets = @PartitionOffset(partition = "*", initialOffset = "0")))
    void alert(String value) {
        Alert alert = json.readValue(value, Alert.class);
        alerts.put(alert.row(), alert);
    }

    /**
     * Tells each alert once: this listener has a group, which remembers what it has told. A static member, so that a process that was killed
     * takes its own place at once instead of waiting for its former self to time out.
     */
    @KafkaListener(id = "alert-log", topics = Topics.ALERTS, properties = "group.instance.id=alert-log")
    void tell(String value) {
        Alert alert = json.readValue(value, Alert.class);
        log.info(
                "ALERT {} ({}): {} minutes late on average, after {} flights",
                alert.name(),
                alert.airport(),
                Math.round(alert.recentMinutes()),
                alert.flights());
    }

    Board board(int top) {
        List<Row> rows = statistics.entrySet().stream()
                .filter(entry -> entry.getValue().flights() >= 10)
                .sorted(Comparator.comparingDouble((Map.Entry<String, DelayStats> entry) ->
                                entry.getValue().recentMinutes())
                        .reversed())
                .limit(top)
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .toList();
        long flights =
                statistics.values().stream().mapToLong(DelayStats::flights).sum();
        long severe = statistics.values().stream().filter(DelayStats::severe).count();
        List<Alert> newest =
                alerts.descendingMap().values().stream().limit(SHOWN_ALERTS).toList();
        return new Board(flights, statistics.size(), severe, alerts.size(), rows, newest);
    }

    private Row row(String code, DelayStats stats) {
        AirportDirectory.Airport airport = airports.airport(code);
        String place = airport.city().isEmpty() ? "" : airport.city() + ", " + airport.state();
        return new Row(
                code,
                airport.name(),
                place,
                stats.flights(),
                stats.meanMinutes(),
                stats.recentMinutes(),
                stats.worstMinutes(),
                stats.severe());
    }
}
