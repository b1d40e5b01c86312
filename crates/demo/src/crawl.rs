//! Walks through the pages as a visitor would, by their links: for the test that no link is broken and for the benchmark of every kind
//! of page. It talks to the site in this process, without a network.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use jianjia_standard::Lang;
use tower::{Service, ServiceExt};

/// Somebody who looks at the pages of a site: signed in by a session's token, or not.
#[derive(Clone)]
pub struct Visitor<S> {
    pub site: S,
    /// The site's routes that are looked at, as the router has them: `/units/{id}`.
    pub routes: Arc<[&'static str]>,
    pub token: Option<String>,
    pub lang: Lang,
    /// What is typed where something is searched.
    pub words: &'static [&'static str],
}

/// What a visitor got.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub content_type: String,
    /// Where a redirect leads.
    pub location: Option<String>,
    pub body: Vec<u8>,
    pub took: Duration,
}

/// A page that was looked at, and from where its link was followed.
#[derive(Clone, Debug)]
pub struct Visited {
    pub address: String,
    pub from: String,
    /// Whether a form led there, and what was typed may be refused.
    pub is_asked: bool,
    pub kind: String,
    pub answer: Answer,
}

/// More than any page has.
const LARGEST: usize = 64 << 20;

impl<S> Visitor<S>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone,
{
    /// Gets one page.
    ///
    /// # Errors
    /// When the address or the answer is malformed.
    pub async fn get(&self, address: &str) -> anyhow::Result<Answer> {
        let mut cookies = format!("lang={}", if self.lang == Lang::En { "en" } else { "zh" });
        if let Some(token) = &self.token {
            cookies.push_str(&format!("; session={token}"));
        }
        let request = Request::get(address)
            .header(header::COOKIE, cookies)
            .header(header::HOST, "127.0.0.1")
            .body(Body::empty())?;
        let started = Instant::now();
        let response = self.site.clone().oneshot(request).await?;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, LARGEST).await?.to_vec();
        let took = started.elapsed();
        let text_of = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
                .map(str::to_owned)
        };
        Ok(Answer {
            status: parts.status,
            content_type: text_of(header::CONTENT_TYPE).unwrap_or_default(),
            location: text_of(header::LOCATION),
            body,
            took,
        })
    }

    /// Follows the links from `starts` and asks what forms ask, looking at no more than `each` pages of a kind.
    ///
    /// # Errors
    /// When an answer is malformed.
    pub async fn crawl(&self, starts: &[&str], each: usize) -> anyhow::Result<Vec<Visited>> {
        let mut waiting: VecDeque<(String, String, bool)> = starts
            .iter()
            .map(|start| ((*start).to_owned(), String::new(), false))
            .collect();
        let mut known: HashSet<String> = starts.iter().map(|start| (*start).to_owned()).collect();
        let mut looked_at: BTreeMap<String, usize> = BTreeMap::new();
        let mut visited = Vec::new();
        while let Some((address, from, is_asked)) = waiting.pop_front() {
            let kind = kind_of(&self.routes, &address);
            let count = looked_at.entry(kind.clone()).or_default();
            // Papers take longer than pages, and say the same in both languages.
            let most = if is_paper(&address) {
                usize::from(self.lang == Lang::Zh)
            } else {
                each
            };
            if *count >= most {
                continue;
            }
            *count += 1;
            let answer = self.get(&address).await?;
            let mut next: Vec<(String, bool)> = Vec::new();
            next.extend(answer.location.iter().map(|to| (to.clone(), is_asked)));
            if answer.content_type.starts_with("text/html") {
                let html = String::from_utf8_lossy(&answer.body);
                next.extend(links(&html).into_iter().map(|link| (link, false)));
                let questions = questions(&html, self.words).into_iter();
                next.extend(questions.map(|question| (question, true)));
            }
            for (link, is_asked) in next {
                if let Some(link) = resolved(&address, &link)
                    && !link.starts_with("/sign-out")
                    && known.insert(link.clone())
                {
                    waiting.push_back((link, address.clone(), is_asked));
                }
            }
            visited.push(Visited {
                address,
                from,
                is_asked,
                kind,
                answer,
            });
        }
        Ok(visited)
    }
}

fn is_paper(address: &str) -> bool {
    address.contains("/papers/") || address.contains("/package.")
}

/// The route of an address, with the names of what is asked in its query: `/units?page`.
pub fn kind_of(routes: &[&'static str], address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let route = routes.iter().find(|route| fits(route, path));
    let mut kind = (*route.unwrap_or(&path)).to_owned();
    if path.starts_with("/assets/") {
        kind = "/assets".to_owned();
    }
    let mut names: Vec<&str> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() {
        kind.push('?');
        kind.push_str(&names.join(","));
    }
    kind
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(expected), Some(found))
                if expected == found || expected.starts_with('{') && !found.is_empty() => {}
            _ => return false,
        }
    }
}

/// Every `href` and `src` of a page, entities resolved.
pub fn links(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    for attribute in [" href=\"", " src=\""] {
        let mut rest = html;
        while let Some(at) = rest.find(attribute) {
            rest = &rest[at + attribute.len()..];
            let Some(end) = rest.find('"') else { break };
            links.push(
                rest[..end]
                    .replace("&#38;", "&")
                    .replace("&amp;", "&")
                    .replace("&#x26;", "&"),
            );
            rest = &rest[end..];
        }
    }
    links
}

/// The addresses that a page's questions lead to, forms that only ask: each field answered alone, a choice with its last option, a search
/// with each of the words.
pub fn questions(html: &str, words: &[&str]) -> Vec<String> {
    let mut questions = Vec::new();
    for form in between(html, "<form ", "</form>") {
        let (tag, inside) = form.split_once('>').unwrap_or((form, ""));
        if attribute(tag, "method") != Some("get") {
            continue;
        }
        let action = attribute(tag, "action").unwrap_or_default();
        let inputs: Vec<&str> = between(inside, "<input ", ">").collect();
        let mut hidden = String::new();
        for input in &inputs {
            if attribute(input, "type") == Some("hidden") {
                let name = attribute(input, "name").unwrap_or_default();
                let value = attribute(input, "value").unwrap_or_default();
                hidden.push_str(&format!("{name}={}&", encoded(value)));
            }
        }
        let mut ask = |name: &str, value: &str| {
            questions.push(format!("{action}?{hidden}{name}={}", encoded(value)));
        };
        for input in inputs {
            if let Some(name) = attribute(input, "name")
                && matches!(attribute(input, "type"), Some("search" | "text"))
            {
                words.iter().for_each(|word| ask(name, word));
            }
        }
        for select in between(inside, "<select ", "</select>") {
            let last = between(select, "<option ", ">").last();
            if let Some(name) = attribute(select, "name")
                && let Some(value) = last.and_then(|option| attribute(option, "value"))
            {
                ask(name, value);
            }
        }
    }
    questions
}

/// A value as a query has it.
fn encoded(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// The pieces of a text that stand between two marks.
fn between<'a>(
    text: &'a str,
    from: &'static str,
    to: &'static str,
) -> impl Iterator<Item = &'a str> {
    text.split(from)
        .skip(1)
        .map(move |piece| piece.split(to).next().unwrap_or(piece))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let tag = tag.split('>').next().unwrap_or(tag);
    let (_, value) = tag.split_once(&format!("{name}=\""))?;
    value.split('"').next()
}

/// The address of a link on this site; none for other sites, mail and places in the same page.
fn resolved(page: &str, link: &str) -> Option<String> {
    let link = link.split('#').next().unwrap_or_default();
    let page = page.split('?').next().unwrap_or_default();
    if link.is_empty() || link.starts_with("data:") || link.starts_with("//") {
        None
    } else if link.starts_with('/') {
        Some(link.to_owned())
    } else if link.starts_with('?') {
        Some(format!("{page}{link}"))
    } else if link.contains(':') {
        None
    } else {
        let folder = page.rfind('/').map_or("/", |end| &page[..=end]);
        Some(format!("{folder}{link}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_and_read_as_addresses_of_this_site() {
        let html = r##"<a href="/units?page=2&#38;sort=name">2</a> <a class="x" href="?page=3#top">3</a> <img src="/assets/1/a.svg">
            <a href="https://example.org/">away</a> <a href="#here">here</a> <a href="edit">edit</a>"##;
        let found: Vec<Option<String>> = links(html)
            .iter()
            .map(|link| resolved("/units/7?x=1", link))
            .collect();
        let expect = [
            "/units?page=2&sort=name",
            "/units/7?page=3",
            "",
            "",
            "/units/edit",
            "/assets/1/a.svg",
        ];
        assert_eq!(
            found,
            expect.map(|address| (!address.is_empty()).then(|| address.to_owned()))
        );
    }

    #[test]
    fn forms_that_ask_are_asked_field_by_field() {
        let html = r#"<form method="post" action="/sign-out"><input type="text" name="no" value=""></form>
            <form method="get" action="/units" class="filters"><input type="hidden" name="under" value="7">
            <label>名称 <input type="search" name="q" value=""></label>
            <select name="kind"><option value="">全部</option><option value="branch" selected>分会</option></select></form>"#;
        assert_eq!(
            questions(html, &["公司", "&"]),
            [
                "/units?under=7&q=%E5%85%AC%E5%8F%B8",
                "/units?under=7&q=%26",
                "/units?under=7&kind=branch",
            ]
        );
    }

    #[test]
    fn a_kind_is_the_route_with_what_is_asked() {
        let routes = ["/standard", "/standard/{title}"];
        assert_eq!(
            kind_of(&routes, "/standard/model-home"),
            "/standard/{title}"
        );
        assert_eq!(kind_of(&routes, "/standard?b=1&a=2&c="), "/standard?a,b");
    }
}
