//! Whether the process that started this one is still there.

#[cfg(unix)]
use rustix::process::{Pid, getppid};
#[cfg(unix)]
use std::time::Duration;

/// How often is looked.
#[cfg(unix)]
const EVERY: Duration = Duration::from_secs(2);

/// The process that started this one.
pub(super) struct ParentProcess {
    #[cfg(unix)]
    pid: Option<Pid>,
}

#[cfg(unix)]
impl ParentProcess {
    pub(super) fn find() -> Self {
        // The first process of a machine or container adopts all others: that it is there means
        // nothing.
        let pid = getppid().filter(|pid| !pid.is_init());
        ParentProcess { pid }
    }

    /// Waits until it is gone. Its end of the input is closed then, but for where another process
    /// holds it too.
    pub(super) async fn wait_until_gone(self) {
        if self.pid.is_none() {
            return std::future::pending().await;
        }
        while getppid() == self.pid {
            tokio::time::sleep(EVERY).await;
        }
    }
}

/// Elsewhere the end of the input has to do.
#[cfg(not(unix))]
impl ParentProcess {
    pub(super) fn find() -> Self {
        ParentProcess {}
    }

    pub(super) async fn wait_until_gone(self) {
        std::future::pending().await
    }
}
