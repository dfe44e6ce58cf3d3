//! The MCP server: five tools, resources and prompts over the [`Engine`](crate::ops::Engine).
//!
//! [`MemoryServer`] answers requests and knows nothing of how they arrive; [`serve_streams`] lets it
//! talk over a pair of streams, as a child of the agent that started it.
//!
//! ```text
//!  stdio ──► server ──► tools, resources, prompts ──► ops::Engine
//!              └── caller: which agent, session and directory asks
//! ```
//!
//! What a tool answers fits a budget, and says what was left out.

mod answer;
mod ask;
mod budget;
mod caller;
mod connections;
mod hints;
mod http;
mod prompts;
mod resources;
mod schema;
mod server;
mod stdio;
mod tools;
mod uri;

pub use http::{McpHttp, serve_http};
pub use server::MemoryServer;
pub use stdio::serve_streams;
pub use tools::describe_tools;
