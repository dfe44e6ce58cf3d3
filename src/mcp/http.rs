//! The server over HTTP, as clients of MCP speak it there (Streamable HTTP).

use super::MemoryServer;
use super::connections::Connections;
use crate::ops::Engine;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::sync::Arc;

/// Sessions of the protocol at the same time. One is forgotten five minutes after its client last
/// asked, and takes some 50 kB until then.
const MOST_SESSIONS: usize = 512;

/// Answers requests of MCP over HTTP, one [`MemoryServer`] for each session of the protocol and for
/// each request outside of one.
#[derive(Clone)]
pub struct McpHttp {
    /// Answers a request.
    pub service: StreamableHttpService<MemoryServer, LocalSessionManager>,
    sessions: Arc<LocalSessionManager>,
}

impl McpHttp {
    /// Returns whether no further session of the protocol may begin.
    pub async fn is_full(&self) -> bool {
        self.sessions.sessions.read().await.len() >= MOST_SESSIONS
    }
}

/// Makes the service. Who may ask, by `Host`, `Origin` and token, is up to the caller that mounts
/// it; so is to refuse what would begin a session when it [is full](McpHttp::is_full).
pub fn serve_http(engine: Arc<Engine>) -> McpHttp {
    let connections = Arc::<Connections>::default();
    let connect = move || {
        Ok(MemoryServer::for_connection(
            Arc::clone(&engine),
            Arc::clone(&connections),
        ))
    };
    let mut config = StreamableHttpServerConfig::default().disable_allowed_hosts();
    config.json_response = true;
    let sessions = Arc::<LocalSessionManager>::default();
    let service = StreamableHttpService::new(connect, Arc::clone(&sessions), config);
    McpHttp { service, sessions }
}
