/** Where bytes come from first: an OSS bucket or a directory; retries, credentials, CRC64. com.aliyun stays in here. */
@NullMarked
package io.tidepool.agent.origin;

import org.jspecify.annotations.NullMarked;
