//! What happens inside, on standard error, for those who ask with `MX_LOG`.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::time::uptime;

/// Starts writing events of the level and above: `error`, `warn` or `info`. Anything else
/// counts as `info`, except `off`. Without a call, an event costs one comparison.
pub(super) fn start_logging(level: &str) {
    let level = level.parse().unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_timer(uptime())
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
}
