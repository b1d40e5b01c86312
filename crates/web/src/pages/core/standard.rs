//! The standard, readable clause by clause: what the programme asks, for everybody.

use askama::Template;
use axum::extract::State;
use jianjia_app::core::app::App;
use jianjia_domain::core::policy::Act;
use jianjia_standard::{
    Standard, Text,
    programme::{Clause, Criterion, Equivalence, RouteAct, Title, Verify},
};

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    path::Path,
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/standard", Access::Public, index),
        Route::get("/standard/{title}", Access::Public, show),
    ]
}

#[derive(Template)]
#[template(path = "core/standard/index.html")]
struct Index {
    frame: Frame,
    standard: std::sync::Arc<Standard>,
}

impl Index {
    /// The titles that a veto bars, together.
    fn barred(&self) -> String {
        jianjia_words::title::barred(self.frame.lang, &self.standard)
    }

    /// A clause in full: where it says which earlier honours count, as the rule has it.
    fn text_of<'a>(&'a self, clause: &'a Clause) -> &'a str {
        let equivalence = self.standard.equivalence.as_ref();
        let equivalence = equivalence.filter(|rule| rule.clause == clause.clause);
        self.frame
            .text(equivalence.map_or(&clause.text, |rule| &rule.text))
    }

    /// The rule of earlier honours, where no clause has its number.
    fn equivalence_apart(&self) -> Option<&Equivalence> {
        let equivalence = self.standard.equivalence.as_ref()?;
        let mut clauses = self.standard.clauses.iter();
        (!clauses.any(|clause| clause.clause == equivalence.clause)).then_some(equivalence)
    }

    /// Whether new versions of it are to be seen by whoever reads it.
    fn may_amend(&self) -> bool {
        let mut roles = self.frame.roles().iter();
        roles.any(|at| self.frame.may(&Act::SeeAmendments, &at.unit))
    }

    /// The titles of one ladder, lowest tier first, ladders in the order of the standard.
    fn ladders(&self) -> Vec<Vec<&Title>> {
        let mut ladders: Vec<Vec<&Title>> = Vec::new();
        for title in &self.standard.titles {
            match ladders
                .iter_mut()
                .find(|titles| titles[0].ladder == title.ladder)
            {
                Some(titles) => titles.push(title),
                None => ladders.push(vec![title]),
            }
        }
        ladders
    }
}

async fn index(State(app): State<App>, frame: Frame) -> PageResult {
    page(&Index {
        frame,
        standard: app.in_force().clone(),
    })
}

#[derive(Template)]
#[template(path = "core/standard/show.html")]
struct Show {
    frame: Frame,
    standard: std::sync::Arc<Standard>,
    key: String,
}

/// Criteria that stand under one heading of the source.
struct Group<'a> {
    name: Option<&'a Text>,
    criteria: Vec<&'a Criterion>,
}

impl Show {
    fn title(&self) -> &Title {
        // The handler made sure that it exists.
        self.standard
            .title(&self.key)
            .unwrap_or(&self.standard.titles[0])
    }

    fn below(&self) -> Option<&Title> {
        self.title()
            .below
            .as_deref()
            .and_then(|key| self.standard.title(key))
    }

    fn union_title(&self) -> Option<&Title> {
        self.title()
            .needs_union_title
            .as_deref()
            .and_then(|key| self.standard.title(key))
    }

    fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for asked in &self.title().criteria {
            let Some(criterion) = self.standard.criterion(&asked.clause) else {
                continue;
            };
            let name = criterion.group.as_ref();
            match groups.last_mut() {
                Some(group) if group.name == name => group.criteria.push(criterion),
                _ => groups.push(Group {
                    name,
                    criteria: vec![criterion],
                }),
            }
        }
        groups
    }

    fn kinds(&self) -> String {
        let names: Vec<&str> = self
            .title()
            .kinds
            .iter()
            .map(|kind| kind.name(self.frame.lang))
            .collect();
        names.join(self.frame.t("、"))
    }

    /// Whom a criterion of the title is asked, where that is not everybody.
    fn only_for(&self, criterion: &&Criterion) -> String {
        let Some(asked) = self
            .title()
            .criteria
            .iter()
            .find(|asked| asked.clause == criterion.clause)
        else {
            return String::new();
        };
        let mut names: Vec<&str> = Vec::new();
        if asked.kinds.len() < self.title().kinds.len() {
            names.extend(asked.kinds.iter().map(|kind| kind.name(self.frame.lang)));
        }
        names.extend(
            asked
                .employers
                .iter()
                .map(|employer| employer.name(self.frame.lang)),
        );
        names.join(self.frame.t("、"))
    }

    fn verified_by(&self, criterion: &&Criterion) -> String {
        let words: Vec<&str> = criterion
            .verify
            .iter()
            .map(|how| match how {
                Verify::Figures => self.frame.t("核对数据"),
                Verify::Ledger => self.frame.t("查阅台账"),
                Verify::Talk => self.frame.t("座谈了解"),
                Verify::OnTheSpot => self.frame.t("实地查看"),
            })
            .collect();
        words.join(self.frame.t("、"))
    }

    fn steps(&self) -> Vec<String> {
        steps(&self.frame, &self.standard, &self.key)
    }
}

/// The way of a title's files: who does what with them.
pub(crate) fn steps(frame: &Frame, standard: &Standard, key: &str) -> Vec<String> {
    let route = standard.route(key);
    let steps = route.into_iter().flat_map(|route| &route.steps);
    steps
        .map(|step| {
            let act = match step.act {
                RouteAct::Endorse => frame.t("提出意见"),
                RouteAct::Decide => frame.t("审核评定"),
                RouteAct::Recommend => frame.t("择优推荐"),
                RouteAct::Name => frame.t("审核命名"),
            };
            let at: Vec<&str> = step.at.iter().map(|kind| frame.unit_kind(kind)).collect();
            format!("{}{}{act}", at.join(frame.t("、")), frame.t("："))
        })
        .collect()
}

async fn show(State(app): State<App>, frame: Frame, Path(key): Path<String>) -> PageResult {
    let standard = app
        .standards
        .with_title(frame.today.year(), &key)
        .ok_or(PageError::NotFound)?;
    page(&Show {
        frame,
        standard: standard.clone(),
        key,
    })
}
