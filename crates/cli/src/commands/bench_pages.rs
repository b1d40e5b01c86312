//! `jianjia bench pages`: the latency of every kind of page in the demo city, in this process and without a network.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Result;
use clap::Args;
use jianjia_app::{
    core::app::App,
    office::{account as accounts, session as sessions},
};
use jianjia_demo::crawl::Visitor;
use jianjia_standard::Lang;
use jianjia_web::{Serving, Site, routes};
use serde::Serialize;

use crate::{
    commands::demo as demo_command,
    instance,
    output::{say, tell},
};

/// Requests every kind of page of the demo city many times, in every role
#[derive(Args)]
pub struct BenchPages {
    /// Folder of the demo city, created if missing
    #[arg(long, default_value = "demo-data")]
    dir: PathBuf,
    /// How often each page is requested
    #[arg(long, default_value_t = 200)]
    times: usize,
    /// Only pages whose address begins so, such as /renewals
    #[arg(long, default_value = "")]
    only: String,
}

#[derive(Serialize)]
struct Report {
    pages: Vec<Page>,
}

#[derive(Serialize)]
struct Page {
    page: String,
    role: String,
    bytes: usize,
    p50_ms: f64,
    p99_ms: f64,
}

/// Search texts: a word in many names, and letters in none, for which all names and their pinyin are scanned.
const WORDS: [&str; 2] = ["公司", "zzzz"];
/// Pages of one kind, and who asks for them.
type Addresses = Vec<(Visitor<Site>, String)>;

/// The roles whose pages are measured; the first is a visitor without an account.
const ROLES: [&str; 8] = [
    "",
    "demo.chair",
    "demo.township",
    "demo.district",
    "demo.city",
    "demo.auditor",
    "demo.administrator",
    "demo.department",
];

/// Lists that are measured for every role that sees them, whether or not the crawl comes upon them among the first of their kind; after these, the
/// lists of the year that it is.
const LISTS: [&str; 19] = [
    "/",
    "/desk",
    "/department",
    "/publications",
    "/objections",
    "/inspections",
    "/visits",
    "/renewals",
    "/plaques",
    "/insight/x-ray",
    "/priority",
    "/dashboard",
    "/dashboard?target=G2",
    "/insight/holding-back",
    "/insight/holding-back/parted?title=model-home&clause=M1b",
    "/insight/unions?title=model-home&clause=M1b&stands=unmet",
    "/insight/unions?title=model-home&clause=M5d&employer=organ",
    "/insight/one-step",
    "/insight/changes",
];
const LISTS_OF_A_YEAR: [&str; 9] = [
    "/departments/{year}",
    "/departments/{year}/tax",
    "/quotas/{year}",
    "/subsidies/{year}",
    "/recommendations/{year}/trusted-home",
    "/namings/{year}/trusted-home/publication",
    "/spot-checks/{year}/frame",
    "/spot-checks/{year}/sample",
    "/check-reports/{year}",
];

/// Pages per kind that are measured, and warm-up requests for each.
const EACH: usize = 3;
const WARM_UP: usize = 5;

pub fn run(command: &BenchPages) -> Result<ExitCode> {
    instance::run(async {
        let app = demo_command::open(&command.dir, instance::standard(None)?, None).await?;
        // Of each kind, the slowest pages are measured: a list of the whole city, not that of one union.
        let starts = starts(&app);
        let starts: Vec<&str> = starts.iter().map(String::as_str).collect();
        let mut found: BTreeMap<String, (Duration, String, Addresses)> = BTreeMap::new();
        for (login, visitor) in visitors(&app).await? {
            let mut kinds: BTreeMap<String, Addresses> = BTreeMap::new();
            for visited in visitor.crawl(&starts, EACH).await? {
                let is_page = visited.answer.status.is_success()
                    && visited.answer.content_type.starts_with("text/html");
                if is_page {
                    let addresses = kinds.entry(visited.kind).or_default();
                    addresses.push((visitor.clone(), visited.address));
                }
            }
            kinds.retain(|kind, _| kind.starts_with(&command.only));
            for (kind, addresses) in kinds {
                let took = slowest(&addresses).await?;
                if found.get(&kind).is_none_or(|(longest, ..)| took > *longest) {
                    found.insert(kind, (took, login.clone(), addresses));
                }
            }
        }
        let mut pages = Vec::new();
        for (kind, (_, role, addresses)) in found {
            pages.push(measure(kind, role, &addresses, command.times).await?);
        }
        pages.sort_by(|one, other| other.p99_ms.total_cmp(&one.p99_ms));
        tell!("{:>9} {:>9} {:>8}  page", "p50 ms", "p99 ms", "bytes");
        for page in &pages {
            tell!(
                "{:>9.2} {:>9.2} {:>8}  {} {}",
                page.p50_ms,
                page.p99_ms,
                page.bytes,
                page.page,
                page.role
            );
        }
        say!("{}", serde_json::to_string(&Report { pages })?)?;
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Where the crawl begins: of what is done at the end of a year and in the next the last year tells most.
fn starts(app: &App) -> Vec<String> {
    let of = |year: i16| {
        let year = year.to_string();
        LISTS_OF_A_YEAR.map(|list| list.replace("{year}", &year))
    };
    let lists = LISTS.iter().map(|list| (*list).to_owned());
    let year = app.year();
    lists.chain(of(year)).chain(of(year - 1)).collect()
}

async fn visitors(app: &App) -> Result<Vec<(String, Visitor<Site>)>> {
    let offered = demo_command::offered(app).await?;
    let site = jianjia_web::site_of_demo(app.clone(), Serving::default(), offered);
    let routes: Arc<[&str]> = routes::all()
        .into_iter()
        .filter(|route| route.method == "GET")
        .map(|route| route.path)
        .collect();
    let accounts = accounts::of_the_demo(app).await?;
    let mut visitors = Vec::new();
    for login in ROLES {
        let account = accounts.iter().find(|account| account.login == login);
        let token = match account {
            Some(account) => Some(sessions::open_for(app, &account.id).await?),
            None => None,
        };
        visitors.push((
            login.to_owned(),
            Visitor {
                site: site.clone(),
                routes: routes.clone(),
                token,
                lang: Lang::Zh,
                words: &WORDS,
            },
        ));
    }
    Ok(visitors)
}

/// The longest of the pages' best latencies.
async fn slowest(addresses: &Addresses) -> Result<Duration> {
    let mut longest = Duration::ZERO;
    for (visitor, address) in addresses {
        let mut best = Duration::MAX;
        for _ in 0..WARM_UP {
            best = best.min(visitor.get(address).await?.took);
        }
        longest = longest.max(best);
    }
    Ok(longest)
}

async fn measure(page: String, role: String, addresses: &Addresses, times: usize) -> Result<Page> {
    let mut took: Vec<Duration> = Vec::with_capacity(times * addresses.len());
    let mut bytes = 0;
    for (visitor, address) in addresses {
        for turn in 0..WARM_UP + times {
            let answer = visitor.get(address).await?;
            bytes = bytes.max(answer.body.len());
            if turn >= WARM_UP {
                took.push(answer.took);
            }
        }
    }
    took.sort_unstable();
    let at = |percent: usize| {
        let index = (took.len() * percent).div_ceil(100).saturating_sub(1);
        took.get(index)
            .map_or(0.0, |took| (took.as_secs_f64() * 100_000.0).round() / 100.0)
    };
    Ok(Page {
        page,
        role,
        bytes,
        p50_ms: at(50),
        p99_ms: at(99),
    })
}
