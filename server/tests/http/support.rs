//! The whole program on a real socket, and browsers that fill in its forms. Browsers keep cookies themselves: the
//! program's are for https alone, and the test's socket is plain.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::{ACCEPT, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode};
use leptos::prelude::LeptosOptions;
use rules::person::{IdNumber, IdentityLevel, Phone};
use server::address::Proxies;
use server::db::Engine;
use server::http::connections::{self, ConnectionLimits};
use server::serve;
use server::services::accounts::{NewAccount, create, passwords};
use server::services::orders::notice;
use server::state::State;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::form::{Form, forms};
use crate::world::{self, PHONE, World};

pub const ORIGIN: &str = "https://lutong.example";
pub const PASSWORD: &str = "lutong-demo";
pub const DRIVERS_PLATE: &str = "云A54321";
pub const OTHER_PHONE: &str = "13800000002";
pub const OTHER_ID_NUMBER: &str = "530102198802022016";
/// Who has no account yet, with a car of their own.
pub const NEW_PHONE: &str = "13800000003";
pub const NEW_ID_NUMBER: &str = "530102199505053056";
pub const NEW_PLATE: &str = "云A33333";
/// A password that may be chosen.
pub const NEW_PASSWORD: &str = "a quiet road at dawn";

pub struct Site {
    pub world: World,
    pub address: SocketAddr,
}

/// One site per engine, with a second person who has vehicle `v2` with record `x1`, and a third without an account.
pub async fn site_on(engine: Engine) -> Option<Site> {
    site_with(engine, |_| {}).await
}

/// The same, with something of the state set otherwise.
pub async fn site_with(engine: Engine, change: impl Fn(&mut State)) -> Option<Site> {
    let (mut world, listener) = populated(engine).await?;
    change(&mut world.state);
    Some(Site { address: start(&world, listener), world })
}

/// A world with the people and things of a site, and nothing that serves them yet.
pub async fn populated(engine: Engine) -> Option<(World, TcpListener)> {
    let (mut world, listener) = world::opened(engine).await?;
    world.state.origin = ORIGIN.into();
    populate(&world).await;
    Some((world, listener))
}

/// The port at an address that no other process uses. A port of 127.0.0.1 on which nobody listens for a moment may be
/// given to another process.
pub fn own_address(port: u16) -> SocketAddr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    SocketAddr::from(([127, 1 + high, middle, low], port))
}

/// The agreement to the notice, as addresses carry it.
pub fn agreed(world: &World) -> String {
    format!("agreed=yes&notice={}", notice::version(&world.state.rulebook))
}

/// The name of a file of the build, with the hash of its content.
pub const HASHED: &str = "/pkg/lutong.Zr5GkxSCtuKbzvP1V1Yp2w.css";

/// The settings of a small build whose files lie in the world's folder.
pub fn options(world: &World) -> LeptosOptions {
    let root = world.state.evidence.join("site");
    std::fs::create_dir_all(root.join("pkg")).expect("a folder");
    std::fs::write(root.join("pkg/lutong.css"), "body{margin:0}").expect("a file");
    std::fs::write(root.join(&HASHED[1..]), "body{margin:0}").expect("a file");
    std::fs::write(root.join("manifest.webmanifest"), "{}").expect("a file");
    std::fs::create_dir_all(root.join("icons")).expect("a folder");
    std::fs::write(root.join("icons/icon.svg"), "<svg/>").expect("a file");
    LeptosOptions::builder()
        .output_name("lutong")
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .build()
}

pub fn start(world: &World, listener: TcpListener) -> SocketAddr {
    serve_with(world, options(world), listener)
}

/// Serves the world with the settings of another build.
pub fn serve_with(world: &World, options: LeptosOptions, listener: TcpListener) -> SocketAddr {
    let address = listener.local_addr().expect("an address");
    let router = serve::router(&world.state, options, &world.sandbox.origins.pages);
    let limit = Duration::from_secs(60);
    let limits = ConnectionLimits {
        total: 1_000,
        per_address: 1_000,
        header: limit,
        idle: limit,
        exchange: limit,
        stop: limit,
    };
    tokio::spawn(async move {
        let never = CancellationToken::new();
        connections::serve(listener, router, limits, Proxies::default(), never).await;
    });
    address
}

async fn populate(world: &World) {
    let state = &world.state;
    let password = passwords::hash(&*state.clock, PASSWORD).await.expect("a hash");
    world.run(format!("update accounts set password = '{password}' where id = 'a1'")).await;
    world.run(format!("update vehicles set plate = '{DRIVERS_PLATE}' where id = 'v1'")).await;
    let other = person(world, OTHER_ID_NUMBER, Some(OTHER_PHONE), "v2", "云A22222").await;
    let new = NewAccount {
        phone: Phone::parse(OTHER_PHONE).expect("a phone"),
        person: other,
        password: PASSWORD.into(),
        identity: IdentityLevel::RealPerson,
        address: String::new(),
    };
    create(state, new).await.expect("an account");
    let record = "insert into camera_records select 'v2', 'x1', code, location, region, violated_at, capture, penalty, \
                  fine, points, 'x1.png', registry_state, registry_disputed, updated_at, state, disputed \
                  from camera_records where id = 'r1'";
    let columns = "(vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, points, evidence, \
                   registry_state, registry_disputed, updated_at, state, disputed)";
    world.run(record.replace("camera_records select", &format!("camera_records {columns} select"))).await;
    world.run("update camera_records set evidence = 'r1.png' where id = 'r1'".into()).await;
    for picture in ["r1.png", "x1.png"] {
        std::fs::write(state.evidence.join(picture), picture).expect("a picture");
    }
    person(world, NEW_ID_NUMBER, Some(NEW_PHONE), "v3", NEW_PLATE).await;
}

/// A person of the registry with a licence and a small car, and a phone where the registry has one; gives the key.
pub async fn person(
    world: &World,
    id_number: &str,
    phone: Option<&str>,
    vehicle: &str,
    plate: &str,
) -> String {
    let state = &world.state;
    let number = IdNumber::parse(id_number).expect("an ID number");
    let id = state.sealer.look_up("person", number.as_str());
    let seal =
        |part: &str, text: &str| state.sealer.seal(&*state.clock, &format!("persons:{id}:{part}"), text);
    let (name, number) = (seal("name", "王芳"), seal("id_number", id_number));
    let file = state.sealer.seal(&*state.clock, &format!("licences:{id}:file_number"), "530100654321");
    let phone = phone.map_or_else(|| "null".to_owned(), |phone| format!("'{}'", seal("phone", phone)));
    world
        .run(format!(
            "insert into persons (id, name, id_number, phone, updated_at) \
             values ('{id}', '{name}', '{number}', {phone}, 0)"
        ))
        .await;
    world
        .run(format!(
            "insert into licences values ('{id}', '{file}', '-', 'C1', 'normal', '2015-03-01', '2031-03-01', '', 0)"
        ))
        .await;
    world
        .run(format!(
            "insert into vehicles (id, plate, kind, usage, states, owner_kind, owner_id, updated_at) values ('{vehicle}', '{plate}', 'small', 'non-operating', 'normal', 'person', '{id}', 0)"
        ))
        .await;
    id
}

fn client(user_agent: &str) -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    client.user_agent(user_agent).build().expect("a client")
}

impl Site {
    pub fn browser(&self) -> Browser {
        let client = client("browser of a test");
        let base = format!("http://{}", self.address);
        Browser { client, base, cookies: Arc::default(), addresses: Arc::default(), forwarded_for: None }
    }

    /// A browser in which the phone's owner is signed in.
    pub async fn signed_in(&self, phone: &str) -> Browser {
        let browser = self.browser();
        let sent = browser.sign_in(phone, PASSWORD).await;
        assert_eq!(sent.location(), "/", "{}", sent.body);
        browser
    }

    pub async fn driver(&self) -> Browser {
        self.signed_in(PHONE).await
    }

    pub async fn other(&self) -> Browser {
        self.signed_in(OTHER_PHONE).await
    }

    pub fn minutes_pass(&self, minutes: i64) {
        self.world.clock.advance(chrono::TimeDelta::minutes(minutes));
    }

    pub fn seconds_pass(&self, seconds: i64) {
        self.world.clock.advance(chrono::TimeDelta::seconds(seconds));
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("a plain header")).unwrap_or_default()
    }

    /// Where it sends the browser; nothing where it sends it nowhere.
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// The `Set-Cookie` line of the cookie.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        lines.into_iter().find(|line| line.split('=').next() == Some(name))
    }
}

#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    base: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    /// Every address that it asked for or was sent to.
    addresses: Arc<Mutex<Vec<String>>>,
    /// Where a proxy says that it is.
    forwarded_for: Option<&'static str>,
}

impl Browser {
    /// The same browser at another address, behind a proxy that the site trusts.
    pub fn at(&self, address: &'static str) -> Self {
        Self { forwarded_for: Some(address), ..self.clone() }
    }

    /// The same visitor, in a browser that calls itself so.
    pub fn as_browser(&self, user_agent: &str) -> Self {
        Self { client: client(user_agent), ..self.clone() }
    }

    /// The value of the cookie, as it goes over the wire.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("the cookies").get(name).cloned()
    }

    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().expect("the cookies").clone()
    }

    pub fn addresses(&self) -> Vec<String> {
        self.addresses.lock().expect("the addresses").clone()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().expect("the cookies").insert(name.to_owned(), value.to_owned());
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.addresses.lock().expect("the addresses").push(path.to_owned());
        let cookies: Vec<String> = {
            let cookies = self.cookies.lock().expect("the cookies");
            cookies.iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        let request =
            self.client.request(method, format!("{}{path}", self.base)).header(ACCEPT, "text/html,*/*");
        let request = match self.forwarded_for {
            Some(address) => request.header("x-forwarded-for", address),
            None => request,
        };
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) }
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        self.try_send(request).await.expect("an answer")
    }

    /// The answer; none where nobody listens any more.
    pub async fn try_send(&self, request: reqwest::RequestBuilder) -> Option<Answer> {
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status(), response.headers().clone());
        for line in headers.get_all(SET_COOKIE) {
            let line = cookie::Cookie::parse(line.to_str().expect("a plain header").to_owned());
            let line = line.expect("a cookie");
            let mut cookies = self.cookies.lock().expect("the cookies");
            if line.max_age() == Some(cookie::time::Duration::ZERO) {
                cookies.remove(line.name());
            } else {
                cookies.insert(line.name().to_owned(), line.value().to_owned());
            }
        }
        if let Some(location) = headers.get(LOCATION) {
            let location = location.to_str().expect("a plain header").to_owned();
            self.addresses.lock().expect("the addresses").push(location);
        }
        let body = String::from_utf8_lossy(&response.bytes().await.ok()?).into_owned();
        Some(Answer { status, headers, body })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::POST, path).form(fields)).await
    }

    /// The form on the page with this action.
    pub async fn form(&self, page: &str, action: &str) -> Form {
        let shown = self.get(page).await;
        let found = forms(&shown.body).into_iter().find(|form| form.action == action);
        found.unwrap_or_else(|| panic!("{page} has no form {action}: {} {}", shown.status, shown.body))
    }

    /// Opens the page, fills in the form and sends it.
    pub async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.form(page, action).await.with(fields);
        self.post(action, &form.pairs()).await
    }

    pub async fn sign_in(&self, phone: &str, password: &str) -> Answer {
        let fields = [("phone", phone), ("password", password)];
        self.submit("/sign-in/password", "/api/sign-in/password", &fields).await
    }

    pub async fn is_signed_in(&self) -> bool {
        self.get("/me").await.status == StatusCode::OK
    }

    /// The token of this browser's forms, as any page carries it.
    pub async fn token(&self) -> String {
        self.form("/settings", "/api/settings").await.value("csrf").expect("a token").to_owned()
    }

    /// Sends a code for the record of the vehicle and gives the form that places the order.
    pub async fn order_form(&self, site: &Site, vehicle: &str, record: &str) -> Form {
        // The newest code is then surely this one.
        site.seconds_pass(1);
        self.order_form_now(site, vehicle, record).await
    }

    /// The same where the program's clock is its own.
    pub async fn order_form_now(&self, site: &Site, vehicle: &str, record: &str) -> Form {
        let agreed = agreed(&site.world);
        let decision = format!("/vehicles/{vehicle}/decision?records={record}&{agreed}");
        let sent = self.submit(&decision, "/api/orders/code/send", &[]).await;
        assert_eq!(sent.location(), format!("/vehicles/{vehicle}/confirm?records={record}&{agreed}"));
        let code = site.world.newest_code().await;
        self.form(sent.location(), "/api/orders/place").await.with(&[("code", &code)])
    }

    /// Places an order and gives the last part of its address.
    pub async fn place(&self, site: &Site, vehicle: &str, record: &str) -> String {
        let form = self.order_form(site, vehicle, record).await;
        let placed = self.post("/api/orders/place", &form.pairs()).await;
        let id = placed.location().strip_prefix("/orders/");
        id.unwrap_or_else(|| panic!("no order but {}", placed.location())).to_owned()
    }

    /// Pays the order at the provider and waits for its receipt; gives the receipt's number.
    pub async fn pay(&self, site: &Site, order: &str) -> String {
        let page = format!("/orders/{order}");
        let sent = self.submit(&page, "/api/orders/pay", &[("order", order)]).await;
        site.world.press(sent.location(), "pay").await;
        for _ in 0..200 {
            let number = format!("select number from receipts where case_id = '{order}'");
            if let Some(number) = site.world.text(&number).await {
                return number;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("no receipt of {order}");
    }
}
