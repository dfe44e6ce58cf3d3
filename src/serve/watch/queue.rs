//! The events of the kernel of Linux (inotify): a queue that each caller empties as needed.

use super::FileWatch;
use super::events::{AREAS, WatchLog};
use super::place;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::inotify::{self, CreateFlags, Event, ReadFlags, WatchFlags};
use rustix::io::{Errno, read, write};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Room for what is taken from the queue at once, in bytes.
const ROOM: usize = 8 << 10;

/// What happens in a directory. Files that are opened or read are not reported.
const WATCHED: WatchFlags = WatchFlags::ATTRIB
    .union(WatchFlags::CREATE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ONLYDIR);

/// A queue in which everything is reported.
pub(super) struct RunningWatch {
    queue: Arc<OwnedFd>,
    /// The directories, by the numbers under which they are reported.
    places: HashMap<i32, PathBuf>,
    /// Distinguishes the root from another directory in its place.
    root: (u64, u64),
    /// Whether all of it is on this machine, as far as it was looked at.
    local: bool,
}

/// Wakes the thread that follows when there is another queue.
#[derive(Default)]
pub(super) struct Alarm(OnceLock<Option<OwnedFd>>);

impl Alarm {
    fn bell(&self) -> Option<&OwnedFd> {
        let make = || eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok();
        self.0.get_or_init(make).as_ref()
    }

    pub(super) fn ring(&self) {
        // That it rings already is no failure.
        let _ = self.bell().map(|bell| write(bell, &1u64.to_ne_bytes()));
    }

    fn silence(&self) {
        let _ = self.bell().map(|bell| read(bell, &mut [0u8; 8]));
    }
}

impl FileWatch {
    /// Takes up changes when no request does, as long as the process runs.
    pub(super) fn follow(&self) {
        let Some(bell) = self.alarm.bell() else {
            return;
        };
        loop {
            let queue = self
                .lock()
                .running
                .as_ref()
                .map(|one| Arc::clone(&one.queue));
            let mut waited_for = vec![PollFd::new(bell, PollFlags::IN)];
            waited_for.extend(queue.iter().map(|queue| PollFd::new(queue, PollFlags::IN)));
            match poll(&mut waited_for, None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(cause) => {
                    tracing::warn!(%cause, "changes are not reported");
                    return;
                }
            }
            self.alarm.silence();
            if !self.catch_up() && !self.log.is_whole() {
                // A broken queue is not read: until there is another one.
                let mut active = self.lock();
                let is_it = |one: &RunningWatch| {
                    Some(Arc::as_ptr(&one.queue)) == queue.as_ref().map(Arc::as_ptr)
                };
                if active.running.as_ref().is_some_and(is_it) {
                    active.running = None;
                }
            }
        }
    }
}

impl RunningWatch {
    pub(super) fn begin(root: &Path, private: &Path, log: &WatchLog) -> io::Result<Self> {
        let mut watch = RunningWatch {
            queue: Arc::new(inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?),
            places: HashMap::new(),
            root: place::identity(root)?,
            local: true,
        };
        let areas = AREAS.map(|area| private.join(area));
        for directory in std::iter::once(private.to_owned()).chain(areas) {
            if directory.is_dir() {
                watch.add(&directory)?;
            }
        }
        watch.watch_below(root)?;
        drop(log.take_new_directories());
        Ok(watch)
    }

    /// Returns whether whatever changes is reported.
    pub(super) fn vouches(&self) -> bool {
        self.local
    }

    /// Takes everything that was reported so far. Returns whether that is all that happened.
    pub(super) fn catch_up(&mut self, root: &Path, log: &WatchLog) -> bool {
        if place::identity(root).is_ok_and(|found| found == self.root) {
            let mut has_news = false;
            let caught_up = self.empty_queue(root, log, &mut has_news);
            if has_news {
                log.send_news();
            }
            match caught_up {
                Ok(()) => return self.local && log.is_whole(),
                Err(cause) => tracing::warn!(%cause, "files are not watched any more"),
            }
        }
        log.set_broken();
        log.send_news();
        false
    }

    fn empty_queue(&mut self, root: &Path, log: &WatchLog, has_news: &mut bool) -> io::Result<()> {
        loop {
            let queue = Arc::clone(&self.queue);
            let mut room = [MaybeUninit::uninit(); ROOM];
            let mut reader = inotify::Reader::new(&*queue, &mut room);
            loop {
                match reader.next() {
                    Ok(event) => *has_news |= self.note_event(&event, root, log)?,
                    Err(Errno::AGAIN) => break,
                    Err(Errno::INTR) => {}
                    Err(cause) => return Err(cause.into()),
                }
            }
            let new = log.take_new_directories();
            if new.is_empty() {
                return Ok(());
            }
            for directory in new {
                self.watch_below(&directory)?;
            }
        }
    }

    /// Notes what happened. Returns whether it is news.
    fn note_event(&mut self, event: &Event<'_>, root: &Path, log: &WatchLog) -> io::Result<bool> {
        let what = event.events();
        if what.intersects(ReadFlags::QUEUE_OVERFLOW | ReadFlags::UNMOUNT) {
            return Err(io::Error::other("more happened than the queue held"));
        }
        if what.contains(ReadFlags::IGNORED) {
            self.places.remove(&event.wd());
            return Ok(false);
        }
        let Some(place) = self.places.get(&event.wd()) else {
            return Ok(false);
        };
        if what.intersects(ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF) {
            // Of others the place is reported.
            return if place == root {
                Err(io::Error::other("the root is gone"))
            } else {
                Ok(false)
            };
        }
        let appears = ReadFlags::CREATE | ReadFlags::MOVED_TO | ReadFlags::ATTRIB;
        let is_new_directory = what.contains(ReadFlags::ISDIR) && what.intersects(appears);
        let path = match event.file_name() {
            Some(name) => place.join(OsStr::from_bytes(name.to_bytes())),
            None => place.clone(),
        };
        Ok(log.note_path(&path, is_new_directory))
    }

    fn add(&mut self, directory: &Path) -> io::Result<()> {
        let number = inotify::add_watch(self.queue.as_fd(), directory, WATCHED)?;
        self.places.insert(number, directory.to_owned());
        Ok(())
    }

    /// Watches a directory and those below it that the walk goes into: each is watched before it is
    /// read, so that nothing that is made meanwhile is missed. What is gone again needs no watching.
    fn watch_below(&mut self, directory: &Path) -> io::Result<()> {
        match self.add(directory) {
            Err(_) if !directory.is_dir() => return Ok(()),
            // What cannot be read is looked at for each answer.
            Err(cause) if cause.kind() == ErrorKind::PermissionDenied => return Ok(()),
            watched => watched?,
        }
        self.local &= place::is_local(directory);
        let entries = match fs::read_dir(directory) {
            Err(cause) if is_out_of_sight(&cause) => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let is_hidden = entry.file_name().as_bytes().starts_with(b".");
            if !is_hidden && entry.file_type()?.is_dir() {
                self.watch_below(&entry.path())?;
            }
        }
        Ok(())
    }
}

fn is_out_of_sight(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::PermissionDenied
    )
}
