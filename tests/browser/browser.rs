//! One browser and its driver, driven without asynchrony.

use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use url::Url;

/// How long something may take to appear.
const PAGE_TIMEOUT: Duration = Duration::from_secs(20);
/// One browser at a time: they are large.
static ONE: Mutex<()> = Mutex::new(());

/// A browser.
pub struct Browser {
    runtime: Runtime,
    client: Client,
    driver: Child,
    _one: MutexGuard<'static, ()>,
}

/// A command of Chromium that the standard does not know.
#[derive(Debug)]
struct ChromeCommand(&'static str, Value);

impl WebDriverCompatibleCommand for ChromeCommand {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.0
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

impl Browser {
    /// Opens a browser; `None` if there is none on this machine.
    pub fn open(scripts: bool) -> Option<Browser> {
        let (Some(chrome), Some(driver)) = (find_chrome(), find_program(&["chromedriver"])) else {
            say_once("the browser tests were left out: Chromium and chromedriver are needed");
            return None;
        };
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver runs");
        let port = read_port(&mut driver);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(&chrome, scripts));
        let address = format!("http://127.0.0.1:{port}");
        let client = runtime
            .block_on(builder.connect(&address))
            .expect("a browser");
        Some(Browser {
            runtime,
            client,
            driver,
            _one: one,
        })
    }

    /// Goes to an address, and waits until it is loaded.
    pub fn go(&self, address: &str) {
        self.runtime
            .block_on(self.client.goto(address))
            .expect(address);
    }

    /// Goes to a path of the same server.
    pub fn go_to_path(&self, path: &str) {
        let address = self.address().join(path).expect("an address");
        self.go(address.as_str());
    }

    /// Returns where it is.
    pub fn address(&self) -> Url {
        self.runtime
            .block_on(self.client.current_url())
            .expect("an address")
    }

    /// Runs a script in the page, and returns what it returns.
    pub fn run(&self, script: &str) -> Value {
        let result = self
            .runtime
            .block_on(self.client.execute(script, Vec::new()));
        result.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Returns the text of an element; empty if there is none.
    pub fn text(&self, selector: &str) -> String {
        let script = format!(
            "return document.querySelector({})?.innerText ?? ''",
            json!(selector)
        );
        self.run(&script).as_str().unwrap_or_default().to_owned()
    }

    /// Clicks an element.
    pub fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.runtime.block_on(element.click()).expect(selector);
    }

    /// Forgets who is signed in.
    pub fn forget_cookies(&self) {
        self.devtools("Network.clearBrowserCookies", json!({}));
    }

    /// Presses keys, wherever the focus is.
    pub fn press(&self, keys: &str) {
        let focused = self
            .runtime
            .block_on(self.client.active_element())
            .expect("a page");
        self.runtime.block_on(focused.send_keys(keys)).expect(keys);
    }

    fn find(&self, selector: &str) -> Element {
        let found = self
            .runtime
            .block_on(self.client.find(Locator::Css(selector)));
        found.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// Waits until something is so.
    pub fn wait(&self, what: &str, is_so: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_so() {
            let text = || self.text("body");
            assert!(
                start.elapsed() < PAGE_TIMEOUT,
                "{what} did not come\n{}",
                text()
            );
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits until an element holds a text.
    pub fn wait_for_text(&self, selector: &str, text: &str) {
        self.wait(text, || self.text(selector).contains(text));
    }

    /// Chooses the colours, and the size of the window.
    pub fn set_screen(&self, scheme: &str, width: u32) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        );
        let screen = json!({
            "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", screen);
    }

    fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.command(
            "goog/cdp/execute",
            json!({ "cmd": command, "params": parameters }),
        )
    }

    fn command(&self, path: &'static str, body: Value) -> Value {
        let command = ChromeCommand(path, body);
        self.runtime
            .block_on(self.client.issue_cmd(command))
            .expect(path)
    }

    /// Checks that the console is empty, and that nothing was asked of another host.
    pub fn check_calm(&self) {
        let console = self.command("se/log", json!({ "type": "browser" }));
        assert_eq!(console, json!([]), "the console is not empty");
        let own = self.address();
        let log = self.command("se/log", json!({ "type": "performance" }));
        for entry in log.as_array().expect("a list") {
            let message: Value =
                serde_json::from_str(entry["message"].as_str().expect("a message")).expect("JSON");
            if message["message"]["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let asked = &message["message"]["params"]["request"]["url"];
            let asked = Url::parse(asked.as_str().expect("an address")).expect("an address");
            let is_own = asked.host() == own.host() && asked.port() == own.port();
            assert!(
                is_own || matches!(asked.scheme(), "data" | "about" | "chrome"),
                "{asked}"
            );
        }
    }

    /// Checks the page with axe-core, if that is there.
    pub fn check_accessibility(&self, page: &str) {
        let Some(file) = std::env::var_os("MX_AXE") else {
            say_once("the checks for accessibility were left out: MX_AXE does not name axe.min.js");
            return;
        };
        self.run(&std::fs::read_to_string(file).expect("axe-core"));
        let script = "const [done] = arguments; axe.run(document).then((found) => done(found.violations.map(
            (one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).join(' | ')}`)))";
        let found = self.client.execute_async(script, Vec::new());
        let found = self.runtime.block_on(found).expect("axe-core runs");
        assert_eq!(found, json!([]), "{page}");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.runtime.block_on(self.client.clone().close());
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn capabilities(chrome: &std::path::Path, scripts: bool) -> Capabilities {
    let mut options = json!({
        "binary": chrome,
        // It is a test's own page that is shown: a container has no user namespaces.
        "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
    if !scripts {
        let none = json!({ "profile.managed_default_content_settings.javascript": 2 });
        options["prefs"] = none;
    }
    let capabilities = json!({
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "unhandledPromptBehavior": "ignore",
    });
    let Value::Object(capabilities) = capabilities else {
        unreachable!("it is an object")
    };
    capabilities
}

fn find_chrome() -> Option<PathBuf> {
    find_program(&[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ])
}

fn find_program(names: &[&str]) -> Option<PathBuf> {
    let places: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let files = names
        .iter()
        .flat_map(|name| places.iter().map(move |place| place.join(name)));
    files.into_iter().find(|file| file.is_file())
}

/// Reads on which port the driver listens.
fn read_port(driver: &mut Child) -> u16 {
    let output = driver.stdout.take().expect("the output is read");
    for line in BufReader::new(output).lines() {
        let line = line.expect("text");
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            return port.trim_end_matches('.').parse().expect("a port");
        }
    }
    panic!("chromedriver does not listen")
}

/// Says something past the test harness, which hides what a test that succeeds prints.
fn say_once(text: &str) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let _ = writeln!(std::io::stderr(), "note: {text}");
    });
}
