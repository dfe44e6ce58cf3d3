//! The stream of changes: subscribers get within a moment whatever was written.

use super::site::Site;
use super::subscribers::{ChangeEvent, MOST_SUBSCRIBERS, StreamMessage};
use super::watch::WatchNews;
use super::wire;
use crate::error::Error;
use crate::model::hash_number;
use crate::ops::{ListRequest, ListSort, LogRequest, Request as Operation};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;

/// Changes within this time are sent together.
const TOGETHER: Duration = Duration::from_millis(50);
/// How often to look where no watch reports changes.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How many entries are named at most.
const MOST_NAMED: usize = 100;

/// Answers with the stream of changes.
pub(super) fn follow_changes(site: &Site) -> Response {
    let Ok(place) = site.subscribers.places.clone().try_acquire_owned() else {
        let error = Error::busy(format!("{MOST_SUBSCRIBERS} follow the changes already"));
        return wire::write_error(&error);
    };
    let messages = BroadcastStream::new(site.subscribers.sender.subscribe());
    site.subscribers.news.notify_one();
    let messages = messages.take_while(|message| !matches!(message, Ok(StreamMessage::End)));
    let changes = messages.map(move |message| {
        let _held = &place;
        let change = match message {
            Ok(StreamMessage::Change(change)) => change,
            // It was too slow, or the stream ends.
            Ok(StreamMessage::End) | Err(_) => Arc::new(ChangeEvent {
                sessions: true,
                more: true,
                ..ChangeEvent::default()
            }),
        };
        write_event(&change)
    });
    let first = Event::default().comment("following").retry(LOOK_AGAIN);
    let stream = tokio_stream::once(Ok(first)).chain(changes);
    Sse::new(stream)
        .keep_alive(KeepAlive::new())
        .into_response()
}

/// Writes an event. Where that fails the stream ends, and who follows it asks again.
fn write_event(change: &ChangeEvent) -> Result<Event, axum::Error> {
    Event::default().event("change").json_data(change)
}

/// Sends subscribers what changed, as long as the server runs.
pub(super) async fn send_changes(site: Arc<Site>) {
    let news = Arc::clone(&site.subscribers.news);
    let mut seen = None;
    loop {
        if site.watch.vouches() || !site.subscribers.has_subscribers() {
            news.notified().await;
            tokio::time::sleep(TOGETHER).await;
        } else {
            let _ = tokio::time::timeout(LOOK_AGAIN, news.notified()).await;
            let now = look_at_newest(&site).await;
            if seen.replace(now).is_some_and(|before| before != now) {
                site.subscribers.send_change(ChangeEvent {
                    sessions: true,
                    more: true,
                    ..ChangeEvent::default()
                });
            }
        }
        send_news(&site);
    }
}

fn send_news(site: &Site) {
    let news = site.watch.take_news();
    if !site.subscribers.has_subscribers() || news == WatchNews::default() {
        return;
    }
    let more = news.more || news.entries.len() > MOST_NAMED;
    site.subscribers.send_change(ChangeEvent {
        entries: news.entries.into_iter().take(MOST_NAMED).collect(),
        sessions: news.sessions,
        more,
    });
}

/// Returns a number that stands for what was written last.
async fn look_at_newest(site: &Arc<Site>) -> u64 {
    let newest = ListRequest {
        sort: ListSort::Time,
        limit: Some(MOST_NAMED),
        ..ListRequest::default()
    };
    let mut text = Vec::new();
    for request in [
        Operation::List(newest),
        Operation::Log(LogRequest::Status {}),
    ] {
        if let Ok(reply) = site.ask(request).await
            && let Ok(json) = serde_json::to_vec(&reply.response)
        {
            text.extend(json);
        }
    }
    hash_number(blake3::hash(&text))
}
