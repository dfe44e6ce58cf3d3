//! The connection to which a session belongs that was begun by a program which does not say which
//! session it is in. A server answers one conversation, or knows its connections from each other.

use super::owner::Owner;
use crate::kb::Environment;
use serde::{Deserialize, Serialize};

/// A connection, as it is noted beside the session that was begun over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NotedConnection {
    /// The process that serves it.
    server: Owner,
    /// Its number, among those of that process.
    number: u64,
    /// Name of the agent, if it is one that is known.
    agent: Option<String>,
}

/// Returns the process to which what is begun now belongs: of a server on the network that server
/// itself, since its clients are not above it.
pub(super) fn find_owner(env: &Environment) -> Option<Owner> {
    if env.is_served {
        Some(Owner::current())
    } else {
        Owner::find()
    }
}

impl NotedConnection {
    /// Returns the connection over which is asked; `None` if an agent says which session it is in, or
    /// a person asks.
    pub(super) fn of_caller(env: &Environment) -> Option<Self> {
        let asking = env.connection.as_ref();
        let asking = asking.filter(|_| env.agent.is_none() && env.session.is_none())?;
        Some(NotedConnection {
            server: Owner::current(),
            number: asking.number,
            agent: asking.agent.clone(),
        })
    }

    /// Returns whether it is the one over which is asked. Several agents may send requests outside of
    /// one.
    pub(super) fn is_of_caller(&self, env: &Environment) -> bool {
        let asking = env.connection.as_ref();
        let is_it = asking.is_some_and(|it| it.number == self.number && it.agent == self.agent);
        is_it && self.server == Owner::current()
    }

    /// Returns the name of the agent at its other end, if it is one that is known.
    pub(crate) fn agent(&self) -> Option<&str> {
        self.agent.as_deref()
    }

    /// Returns whether an agent of that name may be at its other end.
    pub(crate) fn may_be_of(&self, agent: &str) -> bool {
        self.agent.as_ref().is_none_or(|name| name == agent)
    }

    /// Returns whether another program than the one that asks is, or was, at its other end.
    /// `owner` is the process to which the session belongs.
    pub(super) fn is_of_another(&self, env: &Environment, owner: Option<&Owner>) -> bool {
        let asking = env.connection.as_ref();
        let named = env.agent.as_ref().map(|agent| &agent.name);
        let named = named.or(asking.and_then(|asking| asking.agent.as_ref()));
        if self.is_of_caller(env) {
            return false;
        }
        let is_other_agent = named.is_some_and(|name| !self.may_be_of(name));
        if is_other_agent || asking.is_some() && self.is_open(env) {
            return true;
        }
        // What an agent began over a connection that has ended, it goes on with.
        owner.is_some_and(|owner| owner.is_alive() && Some(owner) != find_owner(env).as_ref())
    }

    fn is_open(&self, env: &Environment) -> bool {
        if self.server == Owner::current() {
            let asking = env.connection.as_ref();
            asking.is_some_and(|asking| asking.open.contains(&self.number))
        } else {
            !self.server.is_gone()
        }
    }
}
