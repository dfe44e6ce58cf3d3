//! Which agent, which of its sessions and which directory a request comes from.

use super::ask::{CallPlace, RequestCaller};
use super::connections::{Connection, Connections};
use super::uri::read_directory;
use crate::agents::find_tool_caller;
use crate::kb::Environment;
use crate::model::ClientConnection;
use rmcp::RoleServer;
use rmcp::model::ProtocolVersion;
use rmcp::service::{Peer, RequestContext};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long a client may take to return its roots.
const ROOTS_WAIT: Duration = Duration::from_secs(1);

/// Finds out who calls over one connection.
#[derive(Debug, Clone)]
pub(super) struct CallerFinder {
    /// What this process was given by the agent that started it; `None`: no agent did.
    environment: Option<Arc<Environment>>,
    /// The roots that the client returned, once it was asked.
    roots: Arc<Mutex<Option<Vec<PathBuf>>>>,
    connection: Arc<Connection>,
}

impl CallerFinder {
    /// Makes one for the agent that started this process.
    pub(super) fn for_parent(environment: Environment) -> Self {
        let finder = Self::new(Some(environment), Arc::default());
        // Whatever the agent begins with.
        finder.begin_connection();
        finder
    }

    /// Makes one for a client that connected to this process, beside others.
    pub(super) fn for_client(connections: Arc<Connections>) -> Self {
        Self::new(None, connections)
    }

    fn new(environment: Option<Environment>, connections: Arc<Connections>) -> Self {
        CallerFinder {
            environment: environment.map(Arc::new),
            roots: Arc::default(),
            connection: Arc::new(Connection::new(connections)),
        }
    }

    /// Notes that what follows comes over a connection that lasts.
    pub(super) fn begin_connection(&self) {
        self.connection.begin();
    }

    /// Forgets the roots: they have changed.
    pub(super) async fn forget_roots(&self) {
        *self.roots.lock().await = None;
    }

    /// Returns the agent's session, the connection and the directory that a request comes from.
    pub(super) async fn find_caller(&self, context: &RequestContext<RoleServer>) -> RequestCaller {
        let client = context.client_info();
        let client = client.as_ref().map(|client| client.name.as_str());
        let meta = serde_json::to_value(&context.meta).unwrap_or(Value::Null);
        let environment = self.environment.as_deref();
        let told = find_tool_caller(client, &meta, environment);
        let here = environment.map(|environment| environment.cwd.clone());
        let place = if told.directories.is_empty() {
            choose_root(here, self.ask_roots(context).await)
        } else {
            choose_directory(here, told.directories)
        };
        RequestCaller {
            agent: told.session,
            connection: ClientConnection {
                number: self.connection.number(),
                agent: told.agent.map(str::to_owned),
                open: self.connection.list_open(),
            },
            place,
        }
    }

    async fn ask_roots(&self, context: &RequestContext<RoleServer>) -> Vec<PathBuf> {
        let capabilities = context.client_capabilities();
        let has_roots = capabilities.is_some_and(|able| able.roots.is_some());
        // Since then a server may not ask.
        let may_ask = context
            .protocol_version()
            .is_some_and(|version| version < ProtocolVersion::V_2026_07_28);
        if !(has_roots && may_ask) {
            return Vec::new();
        }
        let mut known = self.roots.lock().await;
        if let Some(roots) = &*known {
            return roots.clone();
        }
        let roots = tokio::time::timeout(ROOTS_WAIT, list_roots(&context.peer)).await;
        known.insert(roots.unwrap_or_default()).clone()
    }
}

#[expect(deprecated, reason = "clients of the older protocol have nothing else")]
async fn list_roots(peer: &Peer<RoleServer>) -> Vec<PathBuf> {
    let Ok(listed) = peer.list_roots().await else {
        return Vec::new();
    };
    let directories = listed
        .roots
        .iter()
        .filter_map(|root| read_directory(&root.uri));
    directories.collect()
}

/// Chooses among the directories that the agent says it works in.
fn choose_directory(here: Option<PathBuf>, told: Vec<PathBuf>) -> CallPlace {
    let inside = |here: &PathBuf| told.iter().any(|directory| here.starts_with(directory));
    match here.clone().filter(inside) {
        Some(here) => CallPlace::Here(here),
        None => choose_root(here, told),
    }
}

/// Chooses among the roots that the client has open: of several none is guessed.
fn choose_root(here: Option<PathBuf>, told: Vec<PathBuf>) -> CallPlace {
    let mut there: Vec<PathBuf> = told.into_iter().filter(|root| root.is_dir()).collect();
    there.dedup();
    match there.as_slice() {
        [] => here.map_or(CallPlace::Unknown, CallPlace::Here),
        // The current directory may be more exact than the root.
        [root] => {
            let inside = here.filter(|here| here.starts_with(root));
            CallPlace::Here(inside.unwrap_or_else(|| root.clone()))
        }
        _ => CallPlace::OneOf(there),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_exact_directory_is_chosen_and_none_is_guessed() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let place = |name: &str| {
            let place = dir.path().join(name);
            std::fs::create_dir_all(&place).expect("a directory");
            place
        };
        let (shop, inner, other) = (place("shop"), place("shop/api"), place("other"));
        let gone = dir.path().join("gone");
        let here = |path: &PathBuf| CallPlace::Here(path.clone());
        for (cwd, told, expected) in [
            (Some(&shop), vec![], here(&shop)),
            (Some(&inner), vec![&shop], here(&inner)),
            (Some(&other), vec![&shop], here(&shop)),
            (Some(&other), vec![&gone], here(&other)),
            (None, vec![&shop], here(&shop)),
            (None, vec![], CallPlace::Unknown),
            (
                Some(&shop),
                vec![&shop, &other],
                CallPlace::OneOf(vec![shop.clone(), other.clone()]),
            ),
        ] {
            let told: Vec<PathBuf> = told.into_iter().cloned().collect();
            assert_eq!(choose_root(cwd.cloned(), told), expected, "{cwd:?}");
        }
        let both = vec![shop.clone(), other];
        assert_eq!(choose_directory(Some(inner.clone()), both), here(&inner));
    }
}
