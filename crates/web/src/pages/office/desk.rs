//! The page after signing in: what waits for me, by role.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::{app::App, standard::Standards},
    office::{
        beginning::{Beginning, Season},
        desk::{self as desks, Desk, OwnUnit, TitleCounts, YearBelow},
    },
};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Act, Role},
    },
    honour::honour::Honour,
    rating::poll::PollState,
    round::{application::State as ApplicationState, round::Days, veto::Veto},
};
use jianjia_standard::{
    Standard,
    judge::application::holds,
    programme::{RouteAct, Title},
    subject::HeldTitle,
};
use jianjia_words::title;

use crate::{
    frame::{Frame, menu::holds_ratings},
    page::{PageResult, page},
    pages::{
        office::beginning::{self, Step},
        round::{
            address,
            tour::{self, Tour},
            veto::{InForce, in_force},
        },
        year::address as years,
    },
    routes::{self, Access},
    session::SignedIn,
};

pub fn routes() -> Vec<routes::Route> {
    vec![routes::Route::get("/desk", Access::SignedIn, show)]
}

#[derive(Template)]
#[template(path = "office/desk/show.html")]
struct DeskPage {
    frame: Frame,
    standards: Standards,
    standard: Arc<Standard>,
    desk: Desk,
    tour: Option<Tour>,
}

/// A tier of a union's ladder: the title's name and the state on the union's own word.
struct Rung {
    title: String,
    /// There is nothing to apply for any more.
    is_held: bool,
    status: String,
}

/// What a union goes on with.
struct Next {
    word: &'static str,
    href: String,
    /// Whether the union is to do something; else it looks.
    is_urgent: bool,
}

/// A link to a tool, with what it is for.
struct Tool {
    href: String,
    word: &'static str,
    says: String,
}

impl DeskPage {
    /// Whether the actor may see who is at risk below a federation, and remind them.
    fn reminds(&self, below: &YearBelow) -> bool {
        below.unit.kind.is_federation() && self.frame.may(&Act::RemindBelow, &below.unit)
    }

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

    /// Whether today is in the programme's years. After them nothing is said of a round that is none.
    fn is_running(&self) -> bool {
        Season::of(&self.standard.programme, self.frame.today.year()) == Season::Running
    }

    /// The last year of a programme that is over.
    fn over(&self, beginning: &Beginning) -> Option<i16> {
        match beginning.programme {
            Season::Over { last_year } => Some(last_year),
            Season::Running | Season::Coming { .. } => None,
        }
    }

    fn steps(&self, beginning: &Beginning) -> Vec<Step> {
        beginning::steps(&self.frame, &self.standard, beginning, self.desk.round.year)
    }

    /// Whether the members of a union rate its home, which is the longest errand before it can apply.
    fn is_rated(&self, own: &OwnUnit) -> bool {
        holds_ratings(own.unit.kind)
    }

    /// What the number of waiting applications is followed by.
    fn waiting_words(&self, number: &i64) -> String {
        let number = self.frame.count(number);
        let words = self.frame.t1("{} 份申报等待审核", &number);
        words.strip_prefix(&number).unwrap_or(&words).to_owned()
    }

    /// How far the members' rating is, and the result that stands until a second poll is signed.
    fn rating(&self, own: &OwnUnit) -> Option<String> {
        let words = self.how_far(own)?;
        let result = own.rating.result.as_ref();
        let standing = result.filter(|_| own.rating.under_way.is_some());
        let Some(result) = standing else {
            return Some(words);
        };
        let stands = "重办的一次签字以前，原来的结果仍然有效：满意度 {}。";
        Some(format!("{words} {}", self.frame.t1(stands, result)))
    }

    /// How far the members' rating is; where nothing is there and the time comes near, by when it has to be begun.
    fn how_far(&self, own: &OwnUnit) -> Option<String> {
        if !self.is_rated(own) || !self.is_running() {
            return None;
        }
        let frame = &self.frame;
        match (&own.rating.under_way, &own.rating.result) {
            (Some((state, Some(day))), _) if *state == PollState::Open => Some(frame.t2(
                "会员民主测评：{}，投到{}为止。",
                state.word(frame.lang),
                frame.day(*day),
            )),
            (Some((PollState::Preparing, _)), None) => {
                let state = frame.t("会员民主测评：正在筹备，还没有开始投票。");
                Some(match self.rating_calendar() {
                    Some(calendar) => format!("{state} {calendar}"),
                    None => state.to_owned(),
                })
            }
            (Some((state, _)), _) => Some(frame.t1("会员民主测评：{}。", state.word(frame.lang))),
            (None, Some(result)) => Some(frame.t1("会员民主测评：已有结果，满意度 {}。", result)),
            (None, None) => Some(self.rating_calendar().unwrap_or_else(|| {
                frame.t1("会员民主测评：{} 年的还没有组织。", self.desk.round.year)
            })),
        }
    }

    /// By when the members' rating has to be begun and done: from twice the time that it takes before the declaration, until its end.
    fn rating_calendar(&self) -> Option<String> {
        let (frame, declaration) = (&self.frame, self.desk.round.declaration);
        let days = self.standard.rating.as_ref()?.takes_days?;
        let early = 2 * i64::try_from(days).ok()?;
        let before = i64::from((declaration.from - frame.today).get_days());
        if frame.today > declaration.to || before > early {
            return None;
        }
        Some(frame.t2(
            "会员民主测评从准备到签字一般要 {} 天，申报到{}截止，请及早组织。",
            days,
            frame.day(declaration.to),
        ))
    }

    /// The one thing that a union goes on with: its application of the year where one is on its way, else what is missing.
    fn next(&self, own: &OwnUnit) -> Next {
        let mut applications = own.applications.iter();
        let on_its_way =
            applications.find(|found| found.person.is_none() && found.state.closed_at().is_none());
        let rungs = self.rungs(own);
        let holds_all = !rungs.is_empty() && rungs.iter().all(|rung| rung.is_held);
        let home = || years::home(&own.unit.id, None);
        let (word, is_urgent, href) = match on_its_way {
            Some(found) => {
                let (word, is_urgent) = match found.state {
                    ApplicationState::Draft => ("写完申报，提交", true),
                    ApplicationState::Returned { .. } => ("按审核意见改正，再提交", true),
                    _ => ("看申报办到哪一步了", false),
                };
                (word, is_urgent, address::application(&found.id))
            }
            None if holds_all => ("看我的家", false, home()),
            None => ("看看还差什么", true, home()),
        };
        Next {
            word: self.frame.t_fixed(word),
            href,
            is_urgent,
        }
    }

    /// Whether a title in force counts for the programme: given within it, or an earlier one that stands for its tier.
    fn counts(&self, honour: &Honour) -> bool {
        let held = HeldTitle {
            title: honour.title.clone(),
            year: honour.year,
            level: Some(honour.level),
            reconfirmed: honour.reconfirmed,
        };
        holds(&self.standard, &[held], &honour.title, self.frame.today)
    }

    /// The titles that a veto bars, as they are called.
    fn barred(&self) -> String {
        let barred = |title: &Title| title.barred_by_vetoes;
        title::called(self.frame.lang, &self.standard, barred)
    }

    fn title_name(&self, year: &i16, key: &str) -> String {
        self.standards.title(*year, key).map_or_else(
            || key.to_owned(),
            |title| self.frame.text(&title.name).to_owned(),
        )
    }

    /// The tiers of the union's ladder that it was judged on, lowest first.
    fn rungs(&self, own: &OwnUnit) -> Vec<Rung> {
        let Some(standing) = &own.standing else {
            return Vec::new();
        };
        let Ok(kind) = own.unit.kind.key().parse() else {
            return Vec::new();
        };
        self.standard
            .titles_of(kind)
            .filter_map(|title| {
                let status = standing.verdicts.get(&title.tier)?;
                Some(Rung {
                    title: self.frame.text(&title.name).to_owned(),
                    is_held: own
                        .held
                        .iter()
                        .any(|honour| honour.title == title.key && self.counts(honour)),
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

    /// Whether the standard's routes recommend at units of a kind, and not only for want of one.
    fn recommends(&self, kind: UnitKind) -> bool {
        let mut steps = self.standard.routes.iter().flat_map(|route| &route.steps);
        steps.any(|step| {
            step.act == RouteAct::Recommend && step.at.iter().any(|at| at == kind.key())
        })
    }

    /// The tools of the roles, each once.
    fn tools(&self) -> Vec<Tool> {
        let frame = &self.frame;
        let mut tools = self.tools_of_the_round();
        if frame.leads() {
            tools.push(self.tool("/vetoes", "否决登记", "登记和解除一票否决的情形"));
            if self
                .frame
                .roles()
                .iter()
                .any(|at| self.frame.may(&Act::SendLists, &at.unit))
            {
                tools.push(self.tool(
                    "/departments",
                    "部门答复",
                    "请各部门答复申报单位有没有否决情形",
                ));
            }
            if self.standard.subsidy.is_some() {
                let says = "每年的补贴怎么算的、依据是什么";
                tools.push(self.tool("/subsidies", "活动经费补贴", says));
            }
            tools.push(self.tool("/units", "工会名册", "查找、登记和改正工会"));
        }
        if frame.leads() || frame.has(Role::Administrator) {
            let says = "给主席和经办人发邀请码，看谁还没有开通";
            tools.push(self.tool("/invitations", "邀请", says));
        }
        if frame.has(Role::Administrator) {
            tools.push(self.tool("/accounts", "账号", "新建、停用账号，给角色，重置密码"));
            tools.push(self.tool("/imports", "导入", "用表格成批登记工会"));
            tools.push(self.tool("/jobs", "后台任务", "看正在办什么、哪些未办成，停止或再试"));
        }
        let may = |act| frame.roles().iter().any(|at| frame.may(&act, &at.unit));
        if may(Act::AnswerLetter) {
            tools.push(self.tool("/letters", "来信", "看职工和社会各界的来信，书面答复"));
        }
        if may(Act::LookIntoObjection) {
            let says = "看对公示候选的异议，核实、答复";
            tools.push(self.tool("/objections", "异议", says));
        }
        if may(Act::ManagePost) {
            tools.push(self.tool("/post", "邮件和短信发送情况", "看哪些未发出、为什么，再试"));
        }
        if may(Act::MakeArchive) {
            tools.push(self.tool("/archives", "年度档案", "把一个年度的记录和文书做成档案"));
        }
        if frame.has(Role::Auditor) {
            tools.push(self.tool("/audit", "审计", "按办理人、事项、日期查办理记录"));
        }
        tools
    }

    /// What federations and the city do with the titles of the year that are recommended and named.
    fn tools_of_the_round(&self) -> Vec<Tool> {
        let (frame, year) = (&self.frame, self.desk.round.year);
        // The first title that takes such a step on its way.
        let first_with = |act: RouteAct| {
            let mut titles = self.standard.titles.iter();
            titles
                .find(|title| title::takes(&self.standard, title, act))
                .map(|title| title.key.as_str())
        };
        let recommends = self
            .units_as(Role::Approver)
            .any(|unit| self.recommends(unit.kind));
        let may_at_city = |act: Act| {
            self.units_as(Role::Approver)
                .chain(self.units_as(Role::Administrator))
                .any(|unit| unit.kind == UnitKind::City && frame.may(&act, unit))
        };
        let recommended = title::called(frame.lang, &self.standard, |title| {
            title::takes(&self.standard, title, RouteAct::Recommend)
        });
        let mut tools = Vec::new();
        if recommends && let Some(title) = first_with(RouteAct::Recommend) {
            tools.push(self.tool(
                &address::recommendations(year, title),
                "推荐",
                &frame.t1("在名额内排出{}称号的候选，报市总工会", &recommended),
            ));
        }
        if may_at_city(Act::SetCalendar) {
            tools.push(self.tool("/rounds", "年度日程", "定申报、审核、命名表彰的日期"));
        }
        if may_at_city(Act::SetQuota) {
            tools.push(self.tool(
                &address::quotas(year),
                "名额",
                &frame.t1("把{}称号的推荐名额分给各辖市、区和产业工会", &recommended),
            ));
        }
        if may_at_city(Act::NameApplications)
            && let Some(title) = first_with(RouteAct::Name)
        {
            tools.push(self.tool(
                &address::namings(year, title),
                "命名",
                "先看清结果，再成批命名",
            ));
        }
        tools
    }

    fn tool(&self, href: &str, word: &'static str, says: &str) -> Tool {
        Tool {
            href: href.to_owned(),
            word: self.frame.t_fixed(word),
            says: self.frame.t(says).to_owned(),
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
    let tour = tour::of(&app, &actor, &frame).await?;
    page(&DeskPage {
        frame,
        tour,
        standard: app.standards.of(desk.round.year).clone(),
        standards: app.standards,
        desk,
    })
}
