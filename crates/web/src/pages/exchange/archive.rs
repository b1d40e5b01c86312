//! The archives of the city's rounds: made by a job, downloaded for a while, and what was made by whom.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    exchange::archive::{
        Evidence, Papers,
        making::{self as archives, Asked, Kept, Overview},
    },
};
use jianjia_domain::core::{
    export::KEPT,
    policy::{Act, Actor},
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, unprocessable},
    pages::{core::address, exchange::address::ARCHIVES, year::evidence::size_words},
    path,
    routes::{Access, Route},
    session::SignedIn,
    trail::keys::value_word,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::MakeArchive);
    vec![
        Route::get(ARCHIVES, act, index),
        Route::post(ARCHIVES, act, begin),
    ]
}

/// What is typed; boxes send `on`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    year: String,
    papers: String,
    evidence: String,
}

#[derive(Template)]
#[template(path = "exchange/archive/index.html")]
struct Index {
    frame: Frame,
    archives: Overview,
    typed: Typed,
    problems: Problems,
}

impl Index {
    fn years(&self) -> Vec<(String, String)> {
        let years = self.archives.years.iter();
        years
            .map(|year| (year.to_string(), year.to_string()))
            .collect()
    }

    fn days(&self) -> i64 {
        KEPT.as_hours() / 24
    }

    /// What an archive holds, and how large it is.
    fn holds(&self, kept: &Kept) -> String {
        let frame = &self.frame;
        let counts = kept.counts;
        let parts = [
            frame.t1("{} 条记录", frame.count(counts.lines)),
            frame.t1("{} 份测评复核文件", frame.count(counts.polls)),
            frame.t1("{} 份文书", frame.count(counts.papers)),
            frame.t1("{} 张证书", frame.count(counts.certificates)),
            frame.t1("{} 件材料", frame.count(counts.files)),
            size_words(counts.bytes),
        ];
        parts.join(frame.t("，"))
    }

    /// What is not in it and should be.
    fn lacks(&self, kept: &Kept) -> Vec<String> {
        let frame = &self.frame;
        let counts = kept.counts;
        let mut lacks = Vec::new();
        if counts.missing_files > 0 {
            let count = frame.count(counts.missing_files);
            lacks.push(frame.t1("{} 件材料缺失或损坏，没有放入", count));
        }
        if counts.trail_unsealed > 0 {
            let count = frame.count(counts.trail_unsealed);
            lacks.push(frame.t1("{} 条审计记录还没有封存，没有放入", count));
        }
        match kept.without_certificates.as_str() {
            "" => {}
            key => {
                let because = frame.t_fixed(value_word(key));
                lacks.push(frame.t1("证书不全：{}", because));
            }
        }
        lacks
    }

    fn file(&self, kept: &Kept) -> Option<String> {
        kept.job.as_ref().map(address::file)
    }
}

async fn shown(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (typed, problems): (Typed, Problems),
) -> Result<Index, PageError> {
    let archives = archives::overview(app, actor).await?;
    Ok(Index {
        frame,
        archives,
        typed,
        problems,
    })
}

async fn index(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    let typed = Typed {
        papers: "on".to_owned(),
        ..Typed::default()
    };
    page(&shown(&app, &actor, frame, (typed, Problems::none())).await?)
}

async fn begin(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> PageResult {
    let asked = Asked {
        year: path::read(&typed.year)?,
        evidence: match typed.evidence.is_empty() {
            true => Evidence::Hashes,
            false => Evidence::Files,
        },
        papers: match typed.papers.is_empty() {
            true => Papers::LeftOut,
            false => Papers::Made,
        },
    };
    // What kind of job it is its title says before its name.
    let called = (frame.lang, asked.year.to_string());
    match told(archives::begin(&app, &actor, asked, called).await, &frame)? {
        Ok(job) => see_other(&address::job(&job)),
        Err(problems) => unprocessable(&shown(&app, &actor, frame, (typed, problems)).await?),
    }
}
