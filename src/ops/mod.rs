//! The operations: everything `mx` does, callable from a program.
//!
//! A front door (the command line, a server) makes an [`Engine`], gives it a [`Request`], and renders
//! the [`Reply`]. Every rule that two front doors would share lives here: what a valid message, tag
//! or link is, which entry a session is written to, how an entry is found. Nothing here prints,
//! exits or parses arguments.
//!
//! One file (or directory) per operation, with its request, its response and its function. The
//! responses are wire types: what their doc comments say is the description in `schema/`.
//!
//! ```
//! use memex::kb::Environment;
//! use memex::model::{Clock, Timestamp};
//! use memex::ops::{Engine, Request, Response, SearchRequest, SessionLogRequest};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let home = tempfile::tempdir()?;
//! let mut environment = Environment::capture()?;
//! environment.clock = Clock::Fixed(Timestamp::from_seconds(1_768_127_400));
//! let engine = Engine::new(&environment, Some(home.path()));
//!
//! let note = SessionLogRequest {
//!     message: "Implemented OAuth2 flow".into(),
//!     entry: Some("projects/demo/sessions.md".into()),
//!     ..SessionLogRequest::default()
//! };
//! engine.run(Request::SessionLog(note), &|_| {})?;
//!
//! let search = SearchRequest { query: Some("oauth2".into()), ..SearchRequest::default() };
//! let reply = engine.run(Request::Search(search), &|_| {})?;
//! let Response::Search(found) = reply.response else { unreachable!() };
//! assert_eq!(found.results[0].path, "projects/demo/sessions.md");
//! # Ok(())
//! # }
//! ```

mod activity;
mod context;
mod decisions;
mod doctor;
mod engine;
mod filters;
mod get;
mod handling;
mod hook;
mod import;
mod index;
mod info;
mod init;
mod install;
mod links;
mod list;
mod log;
mod merge_driver;
mod nearest;
mod next;
mod overview;
mod prime;
mod project;
mod projects;
mod recent;
mod record_filter;
mod report;
mod resume;
mod schema;
mod search;
mod served_place;
mod session_log;
mod session_path;
mod tags;
#[cfg(test)]
mod tests;
mod trust;

pub use crate::query::Filters;
pub use crate::session::resume::ResumeLeftOut;
pub use activity::{ActiveDay, ActivityRequest, ActivityResponse};
pub use context::{
    ContextInitRequest, ContextInitResponse, ContextShowResponse, ContextValidateRequest,
    ContextValidateResponse,
};
pub use decisions::{DecisionsRequest, DecisionsResponse, ListedDecision};
pub use doctor::{AgentHealth, DoctorRequest, DoctorResponse, Finding, Severity};
pub use engine::{Caller, Engine};
pub use get::{
    EntryName, GetMetadataResponse, GetRequest, GetResponse, LineRange, MetadataSection, Part, Raw,
};
pub use hook::HookRequest;
pub use import::{ImportCounts, ImportRequest, ImportResponse};
pub use index::{IndexCheckResponse, IndexDifference, IndexMode, IndexRequest, IndexResponse};
pub use info::{IndexFacts, InfoResponse};
pub use init::{InitResponse, InitStep};
pub use install::{
    AgentHooks, ConfigurationChange, HooksState, InstallAction, InstallRequest, InstallResponse,
    SkillFound,
};
pub use links::{Backlink, LinksRequest, LinksResponse, OutgoingLink};
pub use list::{ListRequest, ListResponse, ListSort, ListedEntry};
pub use log::{
    ListedSession, LogAmendRequest, LogEndRequest, LogEndResponse, LogIndexResponse,
    LogListRequest, LogListResponse, LogRequest, LogRow, LogRowRequest, LogRowResponse,
    LogShowRequest, LogShowResponse, LogStartAction, LogStartRequest, LogStartResponse,
    LogStatusResponse, LogUpdateRequest, LogUpdateResponse, RunningSession, ShownBlocker,
    ShownDecision, ShownEvent, ShownFile, ShownSession, ShownStep, ShownTool,
};
pub use merge_driver::MergeDriverRequest;
#[cfg(feature = "service")]
pub(crate) use nearest::nearest_names;
pub use next::{
    NextDoneRequest, NextDoneResponse, NextRequest, NextResponse, NextUndoRequest,
    NextUndoResponse, OpenWork,
};
pub use overview::{ProjectOverviewRequest, ProjectOverviewResponse, ProjectWeek, TouchedFile};
pub use prime::{DEFAULT_PRIME_BUDGET, PrimeRequest, PrimeResponse};
pub use project::{ProjectRenameRequest, ProjectRenameResponse};
pub use projects::{ListedProject, ProjectsRequest, ProjectsResponse};
pub use recent::{RecentItem, RecentLeftOut, RecentRequest, RecentResponse};
pub use report::{
    ReportDay, ReportRequest, ReportResponse, ReportTotals, ReportedNote, ReportedProject,
    ReportedSession,
};
pub use resume::{DEFAULT_BUDGET, ResumeRequest, ResumeResponse};
#[cfg(feature = "service")]
pub(crate) use schema::read_compressed;
pub use schema::{ErrorReport, ErrorShape, command_schemas};
pub use search::{
    FacetCount, SearchFacets, SearchRequest, SearchResponse, SearchResult, SearchSection,
    SearchSort, SearchStep,
};
pub use session_log::{SessionLogRequest, SessionLogResponse};
pub use tags::{TagCount, TagsRequest, TagsResponse};
pub use trust::{ContextTrustRequest, ContextTrustResponse, TrustAction};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What agents' hooks noted and could not be put into records, a sentence each.
type Unfolded = Vec<String>;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Request {
    /// Writes a session into an entry.
    SessionLog(SessionLogRequest),
    /// Finds sections.
    Search(SearchRequest),
    /// Reads one entry, or part of it.
    Get(GetRequest),
    /// Lists entries.
    List(ListRequest),
    /// Counts tags.
    Tags(TagsRequest),
    /// Lists what was done last.
    Recent(RecentRequest),
    /// Lists projects.
    Projects(ProjectsRequest),
    /// Reports what was done in a span of time.
    Report(ReportRequest),
    /// Counts what was noted on each day.
    Activity(ActivityRequest),
    /// Lists the links of an entry, and those that lead to it.
    Links(LinksRequest),
    /// Keeps the record of a session.
    Log(LogRequest),
    /// Lists what is open.
    Next(NextRequest),
    /// Marks what was open as done.
    NextDone(NextDoneRequest),
    /// Takes back that something is done.
    NextUndo(NextUndoRequest),
    /// Lists what was decided.
    Decisions(DecisionsRequest),
    /// Composes what the next session is to know.
    Resume(ResumeRequest),
    /// Composes what an agent should know at the start.
    Prime(PrimeRequest),
    /// Imports transcripts of agents.
    Import(ImportRequest),
    /// Describes the knowledge base and its index.
    Info,
    /// Brings the index up to date, builds it anew, or checks it.
    Index(IndexRequest),
    /// Makes a knowledge base.
    Init,
    /// Says which context holds in the current directory.
    ContextShow,
    /// Writes a `.kbcontext`.
    ContextInit(ContextInitRequest),
    /// Checks a `.kbcontext`.
    ContextValidate(ContextValidateRequest),
    /// Agrees to a knowledge base, or takes that back.
    ContextTrust(ContextTrustRequest),
    /// Describes the work on a project.
    ProjectOverview(ProjectOverviewRequest),
    /// Gives a project another name.
    ProjectRename(ProjectRenameRequest),
    /// Looks for everything that is not as it should be.
    Doctor(DoctorRequest),
    /// Lets agents call hooks of ours.
    Install(InstallRequest),
    /// Takes out what was installed.
    Uninstall(InstallRequest),
}

/// The result of a request. As JSON, each answer is an object whose shape is in `schema/`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// Answer of [`Request::SessionLog`].
    SessionLog(SessionLogResponse),
    /// Answer of [`Request::Search`].
    Search(SearchResponse),
    /// Answer of [`Request::Get`].
    Get(GetResponse),
    /// Answer of [`Request::Get`] for [`Part::Metadata`].
    GetMetadata(GetMetadataResponse),
    /// Answer of [`Request::Get`] where raw bytes were asked for; it has no JSON.
    #[serde(skip)]
    Raw(Raw),
    /// Answer of [`Request::List`].
    List(ListResponse),
    /// Answer of [`Request::Tags`].
    Tags(TagsResponse),
    /// Answer of [`Request::Recent`].
    Recent(RecentResponse),
    /// Answer of [`Request::Projects`].
    Projects(ProjectsResponse),
    /// Answer of [`Request::Report`].
    Report(ReportResponse),
    /// Answer of [`Request::Activity`].
    Activity(ActivityResponse),
    /// Answer of [`Request::Links`].
    Links(LinksResponse),
    /// Answer of [`LogRequest::Start`].
    LogStart(LogStartResponse),
    /// Answer of [`LogRequest::Row`].
    LogRow(LogRowResponse),
    /// Answer of [`LogRequest::Update`].
    LogUpdate(LogUpdateResponse),
    /// Answer of [`LogRequest::End`].
    LogEnd(LogEndResponse),
    /// Answer of [`LogRequest::Status`].
    LogStatus(LogStatusResponse),
    /// Answer of [`LogRequest::List`].
    LogList(LogListResponse),
    /// Answer of [`LogRequest::Show`].
    LogShow(LogShowResponse),
    /// Answer of [`LogRequest::Index`].
    LogIndex(LogIndexResponse),
    /// Answer of [`Request::Next`].
    Next(NextResponse),
    /// Answer of [`Request::NextDone`].
    NextDone(NextDoneResponse),
    /// Answer of [`Request::NextUndo`].
    NextUndo(NextUndoResponse),
    /// Answer of [`Request::Decisions`].
    Decisions(DecisionsResponse),
    /// Answer of [`Request::Resume`].
    Resume(ResumeResponse),
    /// Answer of [`Request::Prime`].
    Prime(PrimeResponse),
    /// Answer of [`Request::Import`].
    Import(ImportResponse),
    /// Answer of [`Request::Info`].
    Info(InfoResponse),
    /// Answer of [`Request::Index`].
    Index(IndexResponse),
    /// Answer of [`Request::Index`] for [`IndexMode::Check`].
    IndexCheck(IndexCheckResponse),
    /// Answer of [`Request::Init`].
    Init(InitResponse),
    /// Answer of [`Request::ContextShow`].
    ContextShow(ContextShowResponse),
    /// Answer of [`Request::ContextInit`].
    ContextInit(ContextInitResponse),
    /// Answer of [`Request::ContextValidate`].
    ContextValidate(ContextValidateResponse),
    /// Answer of [`Request::ContextTrust`].
    ContextTrust(ContextTrustResponse),
    /// Answer of [`Request::ProjectOverview`].
    ProjectOverview(ProjectOverviewResponse),
    /// Answer of [`Request::ProjectRename`].
    ProjectRename(ProjectRenameResponse),
    /// Answer of [`Request::Doctor`].
    Doctor(DoctorResponse),
    /// Answer of [`Request::Install`] and [`Request::Uninstall`].
    Install(InstallResponse),
}

impl Response {
    /// Returns whether the answer is the one hoped for. A check that found the index to differ,
    /// an invalid context and anything that is not as it should be are answers, but bad ones: the
    /// exit code of `mx` is 1.
    pub fn is_good(&self) -> bool {
        match self {
            Response::IndexCheck(check) => check.differences.is_empty(),
            Response::ContextValidate(context) => context.valid,
            Response::Doctor(doctor) => doctor.found_nothing(),
            _ => true,
        }
    }
}

/// An answer with its remarks.
#[derive(Debug)]
pub struct Reply {
    /// The answer.
    pub response: Response,
    /// What happened on the way and is fine, such as that the knowledge base was created.
    pub notes: Vec<String>,
    /// What may be wrong although the request was done.
    pub warnings: Vec<String>,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Reply {
            response,
            notes: Vec::new(),
            warnings: Vec::new(),
        }
    }
}
