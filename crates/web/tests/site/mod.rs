//! A small city with its web: a city, two districts, a township, unions and a branch, and clients that keep cookies.
//!
//! ```ignore
//! for site in site::both().await {
//!     let mut chair = site.sign_in_as("陈主席", &[(Role::Chair, &site.union)]).await;
//!     let page = chair.get(&format!("/units/{}/home", site.union.id)).await;
//!     assert!(page.text().contains("模范职工之家"));
//!     let page = chair.post_form("/applications", &[("title", "model-home")]).await;
//!     assert_eq!(page.location(), "/applications/…");
//! }
//! ```

pub mod records;
pub mod sharing;

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use jianjia_app::{core::app::App, office::session as sessions};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::core::{
    place::{UnitKind, UnitPlace},
    policy::{Actor, Role},
};
use tower::ServiceExt;

/// The units of the small city: `city` leads `district` and `other_district`; `district` leads `township`, which leads
/// `union` with its `branch`, and `neighbour`; `other_district` leads `other_union`.
pub struct TestSite {
    pub app: App,
    pub web: jianjia_web::Site,
    pub city_of_tests: TestCity,
    pub city: UnitPlace,
    pub district: UnitPlace,
    pub township: UnitPlace,
    pub union: UnitPlace,
    pub branch: UnitPlace,
    pub neighbour: UnitPlace,
    pub other_district: UnitPlace,
    pub other_union: UnitPlace,
}

/// The small city on SQLite and on PostgreSQL, in the month of declaration.
pub async fn both() -> Vec<TestSite> {
    let mut sites = Vec::new();
    for city in testing::both(jiff::civil::date(2016, 10, 20)).await {
        sites.push(site(city).await);
    }
    sites
}

async fn site(city_of_tests: TestCity) -> TestSite {
    use UnitKind::{Branch, City, District, Grassroots, Township};
    let make = &city_of_tests;
    let city = make.unit(None, City, "常州市总工会").await;
    let district = make.unit(Some(&city), District, "天宁区总工会").await;
    let township = make.unit(Some(&district), Township, "红梅街道总工会").await;
    let union = make
        .unit(Some(&township), Grassroots, "长江纺织厂工会")
        .await;
    let branch = make
        .unit(Some(&union), Branch, "长江纺织厂细纱车间分工会")
        .await;
    let neighbour = make
        .unit(Some(&township), Grassroots, "红梅食品厂工会")
        .await;
    let other_district = make.unit(Some(&city), District, "钟楼区总工会").await;
    let other_union = make
        .unit(Some(&other_district), Grassroots, "钟楼机床厂工会")
        .await;
    TestSite {
        app: city_of_tests.app.clone(),
        web: jianjia_web::site(city_of_tests.app.clone()),
        city_of_tests,
        city,
        district,
        township,
        union,
        branch,
        neighbour,
        other_district,
        other_union,
    }
}

impl TestSite {
    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Client {
        self.visitor_of(self.web.clone())
    }

    /// The same, of a web that is served otherwise.
    pub fn visitor_of(&self, web: jianjia_web::Site) -> Client {
        Client {
            web,
            cookies: BTreeMap::new(),
            csrf: String::new(),
            page: String::new(),
        }
    }

    /// Somebody with roles, signed in.
    pub async fn sign_in_as(&self, name: &str, roles: &[(Role, &UnitPlace)]) -> Client {
        let actor = self.city_of_tests.actor(name, roles).await;
        self.client_of(&actor).await
    }

    /// A signed-in client of an account that is there already.
    pub async fn client_of(&self, actor: &Actor) -> Client {
        let token = sessions::open_for(&self.app, &actor.account)
            .await
            .expect("a session");
        let mut client = self.visitor();
        client.cookies.insert("session".to_owned(), token);
        client
    }
}

/// A browser's worth of memory: cookies, and the address and the form token of the last page.
#[derive(Clone)]
pub struct Client {
    web: jianjia_web::Site,
    pub cookies: BTreeMap<String, String>,
    csrf: String,
    /// The address of the page that it shows, which it tells when it sends a form.
    pub page: String,
}

/// An answer.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// As it came: a workbook is no text.
    pub bytes: Bytes,
}

impl Client {
    pub async fn get(&mut self, path: &str) -> Page {
        self.page = format!("http://jianjia.test{path}");
        self.send(Method::GET, path, None, Body::empty()).await
    }

    /// Sends a form with the token of the last page; without one yet, of the settings page.
    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        if self.csrf.is_empty() {
            self.get("/settings").await;
        }
        let mut form = vec![("csrf", self.csrf.clone())];
        form.extend(
            fields
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        let body = form
            .iter()
            .map(|(name, value)| format!("{name}={}", jianjia_web::visit::percent_encoded(value)))
            .collect::<Vec<_>>()
            .join("&");
        self.post(path, "application/x-www-form-urlencoded", body.into())
            .await
    }

    /// Sends a form with files (field, file name, bytes).
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Page {
        if self.csrf.is_empty() {
            self.get("/settings").await;
        }
        let mut body = Vec::new();
        let csrf = self.csrf.clone();
        for (name, value) in std::iter::once(&("csrf", csrf.as_str())).chain(fields) {
            body.extend(
                format!(
                    "--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .into_bytes(),
            );
        }
        for (name, file, bytes) in files {
            body.extend(
                format!(
                    "--part\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                )
                .into_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--part--\r\n");
        self.post(path, "multipart/form-data; boundary=part", body.into())
            .await
    }

    /// Sends a body as it is.
    pub async fn post(&mut self, path: &str, kind: &str, body: Body) -> Page {
        self.send(Method::POST, path, Some(kind), body).await
    }

    /// As `get` and `post`, with a further header.
    pub async fn post_from(&mut self, path: &str, origin: &str, fields: &[(&str, &str)]) -> Page {
        let body = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", jianjia_web::visit::percent_encoded(value)))
            .chain(std::iter::once(format!("csrf={}", self.csrf)))
            .collect::<Vec<_>>()
            .join("&");
        let request = self
            .request(
                Method::POST,
                path,
                Some("application/x-www-form-urlencoded"),
            )
            .header(header::ORIGIN, origin)
            .body(body.into())
            .expect("a request");
        self.answer(request).await
    }

    /// As a program with an access token.
    pub async fn get_bearing(&mut self, path: &str, token: &str) -> Page {
        let request = self
            .request(Method::GET, path, None)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty())
            .expect("a request");
        self.answer(request).await
    }

    async fn send(&mut self, method: Method, path: &str, kind: Option<&str>, body: Body) -> Page {
        let length = body.size_hint().exact().unwrap_or(0);
        let mut request = self.request(method, path, kind);
        if length > 0 {
            request = request.header(header::CONTENT_LENGTH, length);
        }
        let request = request.body(body).expect("a request");
        self.answer(request).await
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        kind: Option<&str>,
    ) -> axum::http::request::Builder {
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "jianjia.test");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        if let Some(kind) = kind {
            request = request
                .header(header::CONTENT_TYPE, kind)
                .header(header::REFERER, &self.page);
        }
        request
    }

    async fn answer(&mut self, request: Request<Body>) -> Page {
        let response = self
            .web
            .clone()
            .oneshot(request)
            .await
            .expect("the site answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie of plain letters");
            let (name, rest) = cookie.split_once('=').expect("a cookie's name");
            let value = rest.split(';').next().unwrap_or_default();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let page = Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        };
        if let Some((_, rest)) = page.body.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest.split('"').next().unwrap_or_default().to_owned();
        }
        page
    }
}

impl Page {
    /// Where the answer sends on to; empty when it does not.
    pub fn location(&self) -> String {
        self.header("location")
    }

    pub fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    }

    /// The visible words of the page's content, one line a piece of text.
    pub fn text(&self) -> String {
        let body = self
            .body
            .split_once("<main")
            .and_then(|(_, rest)| rest.split_once("</main>"))
            .map_or(self.body.as_str(), |(main, _)| main);
        let mut lines: Vec<String> = Vec::new();
        // The first piece is the rest of the tag of `<main`.
        for piece in body.split('<').skip(1) {
            let words = piece.split_once('>').map_or("", |(_, words)| words).trim();
            if !words.is_empty() {
                lines.push(unescaped(words));
            }
        }
        lines.join("\n")
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}
