//! The page after signing in: what waits for me, by role.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    office::desk::{self as desks, Desk, OwnUnit, TitleCounts, YearBelow},
    round::application as applications,
};
use jianjia_domain::{
    core::policy::{Act, Role},
    register::unit::{UnitKind, UnitPlace},
    round::{round::Days, veto::Veto},
};
use jianjia_standard::Standard;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::round::{
        address,
        veto::{InForce, in_force},
    },
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/desk", Access::SignedIn, show)]
}

#[derive(Template)]
#[template(path = "office/desk/show.html")]
struct DeskPage {
    frame: Frame,
    standard: Arc<Standard>,
    desk: Desk,
}

/// A tier of a union's ladder: the title's name and the state on the union's own word.
struct Rung {
    title: String,
    /// There is nothing to apply for any more.
    is_held: bool,
    status: String,
}

/// A link to a tool, with what it is for.
struct Tool {
    href: String,
    word: &'static str,
    says: &'static str,
}

impl DeskPage {
    fn name(&self) -> &str {
        self.frame
            .actor
            .as_ref()
            .map_or("", |actor| actor.name.as_str())
    }

    fn in_force(&self, veto: &Veto) -> InForce {
        in_force(&self.frame, &self.standard, veto)
    }

    /// The sentence on the time of the year.
    fn season(&self) -> String {
        let (frame, round) = (&self.frame, &self.desk.round);
        let until = |sentence: &str, days: Days| {
            let left = i64::from((days.to - frame.today).get_days());
            frame.t3(sentence, round.year, frame.day(days.to), left)
        };
        if round.declaration.contains(frame.today) {
            until(
                "{} 年度申报正在进行，{}截止，还有 {} 天。",
                round.declaration,
            )
        } else if round.examination.contains(frame.today) {
            until(
                "{} 年度审核正在进行，{}截止，还有 {} 天。",
                round.examination,
            )
        } else if frame.today < round.declaration.from {
            frame.t2(
                "{} 年度申报从{}开始，现在可以先填年度情况。",
                round.year,
                frame.day(round.declaration.from),
            )
        } else {
            frame.t2(
                "{} 年度申报和审核已经结束，{}开始命名表彰。",
                round.year,
                frame.day(round.commendation.from),
            )
        }
    }

    fn title_name(&self, key: &str) -> String {
        self.standard.title(key).map_or_else(
            || key.to_owned(),
            |title| self.frame.text(&title.name).to_owned(),
        )
    }

    /// The tiers of the union's ladder that it was judged on, lowest first.
    fn rungs(&self, own: &OwnUnit) -> Vec<Rung> {
        let Some(standing) = &own.standing else {
            return Vec::new();
        };
        let ladder = if own.unit.kind == UnitKind::Branch {
            "small-home"
        } else {
            "home"
        };
        self.standard
            .titles
            .iter()
            .filter(|title| {
                title.key.ends_with(ladder)
                    && title.key.ends_with("small-home") == (ladder == "small-home")
            })
            .filter_map(|title| {
                let status = match title.tier.as_str() {
                    "qualified" => &standing.qualified,
                    "model" => &standing.model,
                    "trusted" => &standing.trusted,
                    _ => return None,
                };
                Some(Rung {
                    title: self.frame.text(&title.name).to_owned(),
                    is_held: applications::held_since(&self.standard, &own.held, &title.key)
                        .is_some(),
                    status: status.clone(),
                })
            })
            .filter(|rung| rung.is_held || rung.status != "n/a")
            .collect()
    }

    fn counted(&self, below: &YearBelow) -> Vec<TitleCounts> {
        below
            .titles
            .iter()
            .filter(|counts| {
                **counts
                    != TitleCounts {
                        title: counts.title.clone(),
                        ..TitleCounts::default()
                    }
            })
            .cloned()
            .collect()
    }

    /// The tools of the roles, each once.
    fn tools(&self) -> Vec<Tool> {
        let frame = &self.frame;
        let mut tools = self.tools_of_the_round();
        if frame.leads() {
            tools.push(self.tool("/vetoes", "否决登记", "登记和解除一票否决的情形"));
            tools.push(self.tool("/units", "工会名册", "查找、登记和改正工会"));
        }
        if frame.has(Role::Administrator) {
            tools.push(self.tool("/accounts", "账号", "新建、停用账号，给角色，重置密码"));
            tools.push(self.tool("/imports", "导入", "用表格成批登记工会"));
        }
        if frame.has(Role::Auditor) {
            tools.push(self.tool("/audit", "审计", "查谁在什么时候办了什么"));
        }
        tools
    }

    /// What federations and the city do with the trusted titles of the year.
    fn tools_of_the_round(&self) -> Vec<Tool> {
        let (frame, year) = (&self.frame, self.desk.round.year);
        let titles = &self.standard.titles;
        let trusted = titles.iter().find(|title| title.tier == "trusted");
        let recommends = self
            .units_as(Role::Approver)
            .any(|unit| matches!(unit.kind, UnitKind::District | UnitKind::Industry));
        let may_at_city = |act: Act| {
            self.units_as(Role::Approver)
                .chain(self.units_as(Role::Administrator))
                .any(|unit| unit.kind == UnitKind::City && frame.may(&act, unit))
        };
        let mut tools = Vec::new();
        if let Some(title) = trusted.filter(|_| recommends) {
            tools.push(self.tool(
                &address::recommendations(year, &title.key),
                "推荐",
                "在名额内排出信赖称号的候选，报市总工会",
            ));
        }
        if may_at_city(Act::SetCalendar) {
            tools.push(self.tool("/rounds", "年度日历", "定申报、审核、命名表彰的日期"));
        }
        if may_at_city(Act::SetQuota) {
            tools.push(self.tool(
                &address::quotas(year),
                "名额",
                "把信赖称号的推荐名额分给各辖市、区和产业工会",
            ));
        }
        if let Some(title) = trusted.filter(|_| may_at_city(Act::NameApplications)) {
            tools.push(self.tool(
                &address::namings(year, &title.key),
                "命名",
                "先看清结果，再成批命名",
            ));
        }
        tools
    }

    fn tool(&self, href: &str, word: &'static str, says: &'static str) -> Tool {
        Tool {
            href: href.to_owned(),
            word: self.frame.t_fixed(word),
            says: self.frame.t_fixed(says),
        }
    }

    /// The units at which the person has a role.
    fn units_as(&self, role: Role) -> impl Iterator<Item = &UnitPlace> {
        let roles = self.frame.roles().iter();
        roles.filter(move |at| at.role == role).map(|at| &at.unit)
    }
}

async fn show(State(app): State<App>, frame: Frame, SignedIn(actor): SignedIn) -> PageResult {
    let desk = desks::desk(&app, &actor).await?;
    page(&DeskPage {
        frame,
        standard: app.standard,
        desk,
    })
}
