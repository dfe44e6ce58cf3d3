//! The server over HTTP, as clients of MCP speak it there (Streamable HTTP).

use super::MemoryServer;
use crate::ops::Engine;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::sync::Arc;

/// Answers requests of MCP over HTTP, one [`MemoryServer`] for each connection.
pub type McpHttpService = StreamableHttpService<MemoryServer, LocalSessionManager>;

/// Makes the service. Who may ask, by `Host`, `Origin` and token, is up to whoever mounts it.
pub fn serve_http(engine: Arc<Engine>) -> McpHttpService {
    let connect = move || Ok(MemoryServer::for_connection(Arc::clone(&engine)));
    let mut config = StreamableHttpServerConfig::default().disable_allowed_hosts();
    config.json_response = true;
    StreamableHttpService::new(connect, Arc::default(), config)
}
