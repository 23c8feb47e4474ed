package io.tidepool.agent.api.client;

/**
 * What a read delivered.
 *
 * @param etag the one version that all bytes are of
 * @param fileBytes size of the whole file
 * @param bytes delivered; the whole range, cut at the end of the file
 */
public record ReadSummary(String etag, long fileBytes, long bytes) {}
