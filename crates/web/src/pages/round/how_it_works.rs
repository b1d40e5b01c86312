//! How the programme works, for members and the press: who may apply, how members rate, who decides. Figures, titles and clauses are the standard's.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{core::app::App, round::round as rounds};
use jianjia_domain::round::round::Round;
use jianjia_standard::{
    Standard, Text,
    programme::{BallotRules, RouteAct, Title},
};
use jianjia_words::{format, help::About, title};

use crate::{
    frame::Frame,
    help::clauses,
    page::{PageResult, page},
    pages::{core::standard::steps, round::calendar::yearly},
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/how-it-works", Access::Public, show)]
}

#[derive(Template)]
#[template(path = "round/how_it_works/show.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    /// This year's days; none outside the programme.
    round: Option<Round>,
}

impl Show {
    /// Who may apply: for titles of a ladder with the same kinds their names, and these kinds.
    fn applicants(&self) -> Vec<(String, String)> {
        let (frame, mut groups) = (&self.frame, Vec::<Vec<&Title>>::new());
        for title in &self.standard.titles {
            let alike = |group: &&mut Vec<&Title>| {
                let mut titles = group.iter();
                titles.any(|other| other.ladder == title.ladder && other.kinds == title.kinds)
            };
            match groups.iter_mut().find(alike) {
                Some(group) => group.push(title),
                None => groups.push(vec![title]),
            }
        }
        let told = groups.iter().map(|group| {
            let names = group.iter().map(|title| frame.text(&title.name));
            let names: Vec<&str> = names.collect();
            let kinds = group.iter().take(1).flat_map(|title| &title.kinds);
            let kinds: Vec<&str> = kinds.map(|kind| kind.name(frame.lang)).collect();
            (names.join(frame.t("、")), kinds.join(frame.t("、")))
        });
        told.collect()
    }

    /// What a title asks: its motto, how many criteria, and what must be held before.
    fn asks(&self, title: &Title) -> Vec<String> {
        let frame = &self.frame;
        let name = |key: Option<&str>| {
            let of = key.and_then(|key| self.standard.title(key));
            of.map(|of| frame.text(&of.name))
        };
        let mut asks = Vec::new();
        asks.extend(
            title
                .slogan
                .as_ref()
                .map(|slogan| frame.text(slogan).to_owned()),
        );
        if !title.criteria.is_empty() {
            asks.push(frame.t1("{} 条标准", title.criteria.len()));
        }
        if let Some(below) = name(title.below.as_deref()) {
            asks.push(if title.needs_below {
                frame.t1("先要获得{}", below)
            } else {
                frame.t1("也要达到{}的标准", below)
            });
        }
        if let Some(of_union) = name(title.needs_union_title.as_deref()) {
            asks.push(frame.t1("所在工会先要获得{}", of_union));
        }
        asks
    }

    fn steps(&self, title: &Title) -> Vec<String> {
        steps(&self.frame, &self.standard, &title.key)
    }

    /// Those titles whose way has such a step, as they are called together.
    fn called(&self, act: RouteAct) -> String {
        title::called(self.frame.lang, &self.standard, |of| {
            title::takes(&self.standard, of, act)
        })
    }

    fn recommended(&self) -> String {
        self.called(RouteAct::Recommend)
    }

    fn named(&self) -> String {
        self.called(RouteAct::Name)
    }

    fn barred(&self) -> String {
        title::barred(self.frame.lang, &self.standard)
    }

    fn vetoes(&self) -> String {
        let vetoes = self.standard.vetoes.iter();
        let names: Vec<&str> = vetoes.map(|veto| self.frame.text(&veto.name)).collect();
        names.join(self.frame.t("、"))
    }

    fn ballot(&self) -> Option<&BallotRules> {
        self.standard.rating.as_ref()?.ballot.as_ref()
    }

    /// What members rate.
    fn objects(&self, ballot: &BallotRules) -> String {
        let objects = ballot.objects.iter().map(|object| {
            let name = self.frame.text(&object.name);
            if object.each_leader {
                self.frame.t1("主席、副主席每人的{}", name)
            } else {
                name.to_owned()
            }
        });
        let objects: Vec<String> = objects.collect();
        objects.join(self.frame.t("、"))
    }

    fn grades(&self, ballot: &BallotRules) -> String {
        let grades = ballot.grades.iter();
        let names: Vec<&str> = grades.map(|grade| self.frame.text(&grade.name)).collect();
        names.join(self.frame.t("、"))
    }

    fn sides(&self, ballot: &BallotRules) -> String {
        let sides = ballot.group.sides.iter();
        let names: Vec<&str> = sides.map(|side| self.frame.text(&side.name)).collect();
        names.join(self.frame.t("、"))
    }

    fn keys(&self, ballot: &BallotRules) -> String {
        let keys = usize::try_from(ballot.group.keys).unwrap_or(0);
        format::few(self.frame.lang, keys)
    }

    /// The criteria that ask for the members' rating.
    fn rated(&self) -> Vec<(String, Text)> {
        clauses(&self.standard, &[About::Rating])
    }

    /// The clauses by which files go their way.
    fn ways(&self) -> Vec<(String, Text)> {
        clauses(&self.standard, &[About::Routes])
    }

    fn yearly(&self) -> String {
        let words = "每年{}申报、{}审核、{}表彰；市总工会可以调整当年的日期，以年度日程为准。";
        yearly(&self.standard, &self.frame, words)
    }

    /// This year's days.
    fn this_year(&self) -> Option<String> {
        let (frame, round) = (&self.frame, self.round.as_ref()?);
        let days = frame.t2(
            "申报{}至{}",
            frame.day(round.declaration.from),
            frame.day(round.declaration.to),
        );
        let review = frame.t2(
            "审核{}至{}",
            frame.day(round.examination.from),
            frame.day(round.examination.to),
        );
        Some(frame.t3("{} 年：{}，{}。", round.year, days, review))
    }
}

async fn show(State(app): State<App>, frame: Frame) -> PageResult {
    let is_running = app.standards.years().contains(&frame.year);
    let round = if is_running {
        Some(rounds::find(&app, frame.year).await?)
    } else {
        None
    };
    page(&Show {
        frame,
        standard: app.in_force().clone(),
        round,
    })
}
