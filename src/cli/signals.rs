//! Signals that would end the process where an error should be reported.

/// Makes a write beyond the file-size limit an error that names the path, and can be undone,
/// instead of the end of the process.
#[cfg(unix)]
pub(super) fn survive_file_size_limit() {
    use signal_hook::consts::SIGXFSZ;
    use std::sync::Arc;
    // If the handler cannot be set, writing still works up to the limit.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
}

/// Other systems have no such signal.
#[cfg(not(unix))]
pub(super) fn survive_file_size_limit() {}
