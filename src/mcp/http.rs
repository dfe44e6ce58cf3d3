//! The server over HTTP, as clients of MCP speak it there (Streamable HTTP).

use super::MemoryServer;
use crate::ops::Engine;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::io;
use std::sync::Arc;

/// Sessions at the same time, and requests outside of them. One is forgotten five minutes after its
/// client last asked, and takes some 50 kB until then.
const MOST_SERVERS: usize = 512;

/// Answers requests of MCP over HTTP, one [`MemoryServer`] for each connection.
pub type McpHttpService = StreamableHttpService<MemoryServer, LocalSessionManager>;

/// Makes the service. Who may ask, by `Host`, `Origin` and token, is up to the caller that mounts
/// it.
pub fn serve_http(engine: Arc<Engine>) -> McpHttpService {
    let counted = Arc::new(());
    let connect = move || {
        if Arc::strong_count(&counted) > MOST_SERVERS {
            return Err(io::Error::other(
                "there are too many sessions; end one, or try again in five minutes",
            ));
        }
        Ok(MemoryServer::for_connection(
            Arc::clone(&engine),
            Arc::clone(&counted),
        ))
    };
    let mut config = StreamableHttpServerConfig::default().disable_allowed_hosts();
    config.json_response = true;
    StreamableHttpService::new(connect, Arc::default(), config)
}
