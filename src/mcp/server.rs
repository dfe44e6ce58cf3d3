//! The server: what is asked over one connection, however it arrives.

use super::ask::Asker;
use super::budget::cut_line;
use super::caller::CallerFinder;
use super::connections::Connections;
use super::hints::describe_error;
use super::{prompts, resources, tools};
use crate::error::{Error, Kind};
use crate::kb::Environment;
use crate::ops::Engine;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CustomRequest,
    CustomResult, DiscoverResult, ErrorCode, ErrorData, GetPromptRequestParams, GetPromptResponse,
    GetSkillRequestParams, GetSkillResult, Implementation, InitializeRequestParams,
    InitializeResult, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListSkillsResult, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, ServerCapabilities,
    ServerConfig, SubscribeRequestParams, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext};
use rmcp::{RoleServer, ServerHandler};
use std::fmt::Display;
use std::sync::Arc;
use tokio::sync::{RwLock, oneshot};

/// How long what never changes while the program runs may be kept, in milliseconds.
const FIXED_FOR: u64 = 3_600_000;

/// Longest name that is repeated, in characters.
const LONGEST_SHOWN: usize = 200;

const INSTRUCTIONS: &str = "\
The memory of earlier sessions, kept as Markdown on this machine. Call `resume` once when you begin to \
work in a project. Before you work on something that may have come up before, `search`; `get` reads \
what it found. While you work, `log` decisions with their reasons, what is done, blockers and next \
steps, one line each; `log` with kind `end` when the work ends. `note` what later sessions should know.";

/// Answers the requests of one connection.
///
/// Make one for each connection; all of them may share the engine, which keeps the index
/// ([`Engine::keep_index`]).
#[derive(Clone)]
pub struct MemoryServer {
    engine: Arc<Engine>,
    callers: CallerFinder,
    /// What writes waits for what was asked before, and is waited for by what is asked later, so
    /// that a search finds a note that was sent before it.
    order: Arc<RwLock<()>>,
}

impl MemoryServer {
    /// Makes a server for the agent that started this process: `environment` says in which
    /// directory, and for some agents in which session.
    pub fn for_parent(engine: Arc<Engine>, environment: &Environment) -> Self {
        Self::new(engine, CallerFinder::for_parent(environment.clone()))
    }

    /// Makes a server for a client that connected to this process, and whose directory and session
    /// are known only as far as it names them.
    pub(super) fn for_connection(engine: Arc<Engine>, connections: Arc<Connections>) -> Self {
        Self::new(engine, CallerFinder::for_client(connections))
    }

    fn new(engine: Arc<Engine>, callers: CallerFinder) -> Self {
        MemoryServer {
            engine,
            callers,
            order: Arc::default(),
        }
    }

    /// Asks the engine, in a thread where it may wait for the disk.
    async fn ask_engine<T: Send + 'static>(
        &self,
        context: &RequestContext<RoleServer>,
        reads_only: bool,
        ask: impl FnOnce(&Asker<'_>) -> T + Send + 'static,
    ) -> Result<T, ErrorData> {
        let (answer, mut answered) = oneshot::channel();
        let ask = move |asker: &Asker<'_>| drop(answer.send(ask(asker)));
        self.run_beside(context, reads_only, Box::new(ask)).await?;
        answered.try_recv().map_err(internal_error)
    }

    /// Runs something in its turn on a thread where it may wait; whatever it is, this is there once.
    async fn run_beside(
        &self,
        context: &RequestContext<RoleServer>,
        reads_only: bool,
        run: Box<dyn FnOnce(&Asker<'_>) + Send>,
    ) -> Result<(), ErrorData> {
        let turn = if reads_only {
            Turn::Reading(Arc::clone(&self.order).read_owned().await)
        } else {
            Turn::Writing(Arc::clone(&self.order).write_owned().await)
        };
        let mut caller = self.callers.find_caller(context).await;
        let engine = Arc::clone(&self.engine);
        caller.place = caller.place.within_bounds(&engine);
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let engine = &engine;
            run(&Asker { engine, caller });
        });
        tokio::select! {
            // No client waits for the answer. What was begun is done nevertheless.
            () = context.ct.cancelled() => Err(ErrorData::invalid_request("cancelled", None)),
            done = done => done.map_err(internal_error),
        }
    }
}

/// Held while a request is worked on.
#[expect(dead_code, reason = "held, and not looked at")]
enum Turn {
    Reading(tokio::sync::OwnedRwLockReadGuard<()>),
    Writing(tokio::sync::OwnedRwLockWriteGuard<()>),
}

impl ServerHandler for MemoryServer {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_prompts()
            .build();
        let name = Implementation::new("mx", env!("CARGO_PKG_VERSION")).with_title("Memory (mx)");
        ServerConfig::new(capabilities)
            .with_server_info(name)
            .with_instructions(INSTRUCTIONS)
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        let answer = self.negotiate_initialize(&request)?;
        self.callers.begin_connection();
        // What was agreed on holds from now on, and not what was asked for.
        let mut client = request;
        client.protocol_version = answer.protocol_version.clone();
        context.peer.set_peer_info(client);
        Ok(answer)
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut found = DiscoverResult::from_server_info(versions, self.get_info());
        found.ttl_ms = FIXED_FOR;
        Ok(found)
    }

    async fn list_tools(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        refuse_cursor(page)?;
        let mut listed = ListToolsResult::with_all_items(tools::list_tools());
        listed.ttl_ms = fixed_for(&context);
        Ok(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let name = request.name;
        let Some(reads_only) = tools::reads_only(&name) else {
            let name = cut_line(&name.escape_debug().to_string(), LONGEST_SHOWN);
            let message = format!("unknown tool: {name}");
            return Err(ErrorData::invalid_params(message, None));
        };
        let arguments = request.arguments.unwrap_or_default();
        let call = move |asker: &Asker<'_>| tools::call_tool(asker, &name, arguments);
        let result = self.ask_engine(&context, reads_only, call).await?;
        Ok(result.unwrap_or_default().into())
    }

    async fn list_resources(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = page.and_then(|page| page.cursor);
        let list = move |asker: &Asker<'_>| resources::list_resources(asker, cursor.as_deref());
        let listed = self.ask_engine(&context, true, list).await?;
        let page = listed.map_err(|error| protocol_error(&error))?;
        let mut listed = ListResourcesResult::with_all_items(page.resources);
        listed.next_cursor = page.next;
        Ok(listed)
    }

    async fn list_resource_templates(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        refuse_cursor(page)?;
        let mut listed = ListResourceTemplatesResult::with_all_items(resources::list_templates());
        listed.ttl_ms = fixed_for(&context);
        Ok(listed)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = move |asker: &Asker<'_>| resources::read_resource(asker, &request.uri);
        let read = self.ask_engine(&context, true, read).await?;
        let contents = read.map_err(|error| protocol_error(&error))?;
        Ok(ReadResourceResult::new(vec![contents]).into())
    }

    async fn list_prompts(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        refuse_cursor(page)?;
        let mut listed = ListPromptsResult::with_all_items(prompts::list_prompts());
        listed.ttl_ms = fixed_for(&context);
        Ok(listed)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let shown = cut_line(&request.name.escape_debug().to_string(), LONGEST_SHOWN);
        let write = move |asker: &Asker<'_>| {
            prompts::write_prompt(asker, &request.name, request.arguments.as_ref())
        };
        match self.ask_engine(&context, true, write).await? {
            Some(Ok(prompt)) => Ok(prompt.into()),
            // What is not found is an argument: the code of resources is not that of prompts.
            Some(Err(error)) => Err(match error.kind() {
                Kind::NotFound => ErrorData::invalid_params(describe_error(&error), None),
                _ => protocol_error(&error),
            }),
            None => Err(ErrorData::invalid_params(
                format!("unknown prompt: {shown}"),
                None,
            )),
        }
    }

    // Skills are not served: who asks for them is refused before these are asked. What never answers
    // needs no check of its answers, with which a table of all characters is linked in, 60 kB.
    async fn list_skills(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListSkillsResult, ErrorData> {
        std::future::pending().await
    }

    async fn get_skill(
        &self,
        _: GetSkillRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetSkillResult, ErrorData> {
        std::future::pending().await
    }

    async fn complete(
        &self,
        _: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Err(unknown_method("completion/complete"))
    }

    #[expect(deprecated, reason = "clients of the older protocol ask it")]
    async fn set_level(
        &self,
        _: rmcp::model::SetLevelRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Err(unknown_method("logging/setLevel"))
    }

    async fn subscribe(
        &self,
        _: SubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Err(unknown_method("resources/subscribe"))
    }

    async fn unsubscribe(
        &self,
        _: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Err(unknown_method("resources/unsubscribe"))
    }

    async fn on_roots_list_changed(&self, _: NotificationContext<RoleServer>) {
        self.callers.forget_roots().await;
    }

    /// A method that is known has come here because its parameters were not understood.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        const KNOWN: [&str; 5] = [
            "initialize",
            "tools/call",
            "resources/read",
            "prompts/get",
            "server/discover",
        ];
        let method = request.method;
        if KNOWN.contains(&method.as_str()) {
            let message = format!("the parameters of {method} are not understood");
            return Err(ErrorData::invalid_params(message, None));
        }
        Err(unknown_method(&method))
    }
}

fn unknown_method(method: &str) -> ErrorData {
    let method = cut_line(&method.escape_debug().to_string(), LONGEST_SHOWN);
    let message = format!("unknown method: {method}");
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None)
}

/// Refuses a cursor where a list has one page.
fn refuse_cursor(page: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match page.and_then(|page| page.cursor) {
        None => Ok(()),
        Some(cursor) => {
            let shown = cut_line(&cursor.escape_debug().to_string(), LONGEST_SHOWN);
            Err(ErrorData::invalid_params(
                format!("unknown cursor: {shown}"),
                None,
            ))
        }
    }
}

/// Returns how long what never changes may be kept. Older versions of the protocol do not say it.
fn fixed_for(context: &RequestContext<RoleServer>) -> Option<u64> {
    let version = context.protocol_version();
    let says_so = version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
    says_so.then_some(FIXED_FOR)
}

fn internal_error(cause: impl Display) -> ErrorData {
    ErrorData::internal_error(format!("internal error: {cause}"), None)
}

/// Returns a failure where the protocol has no place for one that a model reads.
fn protocol_error(error: &Error) -> ErrorData {
    let message = describe_error(error);
    match error.kind() {
        Kind::NotFound => ErrorData::resource_not_found(message, None),
        Kind::Usage => ErrorData::invalid_params(message, None),
        Kind::Failed | Kind::Busy => ErrorData::internal_error(message, None),
    }
}
