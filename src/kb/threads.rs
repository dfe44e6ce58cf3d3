//! The threads for work that is done in parallel.

use rayon::{ThreadBuilder, ThreadPoolBuilder};
use std::io;
use std::sync::Once;
use std::sync::mpsc::{self, Sender};

/// Starts the threads for parallel work, once. Where they cannot be had (a limit of the user or the
/// container), the calling thread does all of it: left alone, the pool would panic.
pub(crate) fn start_threads() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let wanted = std::thread::available_parallelism().map_or(1, usize::from);
        let waiting: io::Result<Vec<_>> = (0..wanted).map(|_| start_waiting_thread()).collect();
        let builder = ThreadPoolBuilder::new();
        // Who embeds this crate may have made the pool already.
        let _ = match waiting {
            Ok(mut waiting) => builder
                .num_threads(waiting.len())
                .spawn_handler(|thread| {
                    let gone = || io::Error::other("a thread is gone");
                    let next = waiting.pop().ok_or_else(gone)?;
                    next.send(thread).map_err(|_| gone())
                })
                .build_global(),
            Err(_) => builder.num_threads(1).use_current_thread().build_global(),
        };
    });
}

/// Starts a thread that waits for what it is to run; it ends if the sender is dropped.
fn start_waiting_thread() -> io::Result<Sender<ThreadBuilder>> {
    let (sender, receiver) = mpsc::channel::<ThreadBuilder>();
    std::thread::Builder::new().spawn(move || {
        if let Ok(thread) = receiver.recv() {
            thread.run();
        }
    })?;
    Ok(sender)
}
