//! The steps from planning a rating to improving by it, and how far each is.

use jianjia_app::rating::poll::{Held, PollPage};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{PollState, paper::Agreement},
};

use jianjia_words::format;

use crate::{
    frame::Frame,
    pages::rating::{address, poll},
};

/// One of the steps from planning to improving.
pub(super) struct Step {
    pub(super) words: &'static str,
    pub(super) detail: String,
    /// `done`, `now` or `later`.
    pub(super) state: &'static str,
    /// Where it is done; empty where there is nothing to do.
    pub(super) href: String,
    /// What it still lacks, each a sentence.
    pub(super) missing: Vec<String>,
}

impl Step {
    /// A step that is not yet to be done leads nowhere.
    fn new(words: &'static str, is_done: bool, is_now: bool, href: String, detail: String) -> Step {
        let (state, href) = match (is_done, is_now) {
            (true, _) => ("done", href),
            (false, true) => ("now", href),
            (false, false) => ("later", String::new()),
        };
        Step {
            words,
            detail,
            state,
            href,
            missing: Vec::new(),
        }
    }
}

/// The steps and how far each is.
pub(super) fn steps(frame: &Frame, rating: &PollPage, held: Option<&Held>) -> Vec<Step> {
    let far = Far::of(frame, rating, held);
    // What a union improves comes after the result of this poll, not after that of an earlier one of the year.
    let is_rated = rating.rating.is_some() && far.is(PollState::Signed);
    let mut steps = far.until_slips_are_out();
    steps.extend(far.until_voting_ends());
    steps.extend(far.until_it_is_signed());
    steps.push(Step::new(
        "改进计划",
        is_rated && !rating.improvements.is_empty(),
        is_rated,
        "#improvements".to_owned(),
        far.t("看看会员写了什么，定几件改进的事，明年报告办得怎样。"),
    ));
    steps
}

/// How far a poll is.
struct Far<'a> {
    frame: &'a Frame,
    rating: &'a PollPage,
    held: Option<&'a Held>,
    /// None before the first plan and after a poll that was ended: it counts for nothing, and everything begins anew.
    state: Option<PollState>,
}

impl Far<'_> {
    fn of<'a>(frame: &'a Frame, rating: &'a PollPage, held: Option<&'a Held>) -> Far<'a> {
        let poll = rating.poll.as_ref();
        let state = poll
            .map(|poll| poll.state())
            .filter(|state| !matches!(state, PollState::Abandoned | PollState::Annulled));
        Far {
            frame,
            rating,
            held: held.filter(|_| state.is_some()),
            state,
        }
    }

    fn t(&self, words: &'static str) -> String {
        self.frame.t_fixed(words).to_owned()
    }

    fn is(&self, wanted: PollState) -> bool {
        self.state == Some(wanted)
    }

    fn is_later_than(&self, last: PollState) -> bool {
        let place = |state: PollState| PollState::ALL.iter().position(|known| *known == state);
        self.state.is_some_and(|state| place(state) > place(last))
    }

    /// An address while the poll is so far; it leads nowhere before and after.
    fn only_if(&self, is_now: bool, address: impl Fn(&PollId) -> String) -> String {
        let poll = self.rating.poll.as_ref().filter(|_| is_now);
        poll.map_or_else(String::new, |poll| address(&poll.id))
    }

    /// Slips that can be voted with or were; the spoiled ones are no more.
    fn slips(&self) -> i64 {
        self.held.map_or(0, |held| held.issued - held.spoiled)
    }

    fn roll(&self) -> i64 {
        self.held.map_or(0, |held| held.poll.plan.roll)
    }

    fn until_slips_are_out(&self) -> Vec<Step> {
        let missing = self.missing();
        let is_planned = self.held.is_some() && missing.is_empty();
        let plan = if self.state.is_none() || self.is(PollState::Preparing) {
            address::plan(&self.rating.unit.id, self.rating.year)
        } else {
            String::new()
        };
        let (is_open, slips) = (self.is(PollState::Open), self.slips());
        let first = Step::new(
            "组小组，定名册",
            is_planned,
            true,
            plan,
            self.t(
                "请 3 到 7 人组成工作小组，党组织、工会、会员代表都要有；写上有多少会员可以投票。",
            ),
        );
        let mut steps = vec![Step { missing, ..first }];
        let consent = self.consent(is_planned);
        let is_agreed = consent.as_ref().is_none_or(|step| step.state == "done");
        steps.extend(consent);
        steps.extend([
            Step::new(
                "开始投票",
                self.is_later_than(PollState::Preparing),
                is_planned && is_agreed,
                self.only_if(self.is(PollState::Preparing), address::poll),
                self.t("名册、测评对象和算法从这时起不能再改；给每位小组成员打印一张成员码。"),
            ),
            Step::new(
                "制作、发放测评票",
                self.is_later_than(PollState::Open) || (is_open && slips >= self.roll()),
                is_open,
                self.only_if(is_open, address::slips),
                if slips > 0 {
                    self.frame.t1(
                        "已制 {} 张（不含作废的）。打印、剪开、放进票箱，请会员自己抽。",
                        self.frame.count(slips),
                    )
                } else {
                    self.t("打印、剪开、放进票箱，请会员自己抽。")
                },
            ),
        ]);
        steps
    }

    /// What the plan lacks before the poll can be opened; the consent of the union above is a step of its own.
    fn missing(&self) -> Vec<String> {
        let held = self.held.filter(|_| self.is(PollState::Preparing));
        held.map_or_else(Vec::new, |held| {
            poll::missing(self.frame, &held.rules, &held.poll)
        })
    }

    /// That the union above agrees, where the poll would replace a result.
    fn consent(&self, is_planned: bool) -> Option<Step> {
        let held = self.held?;
        held.poll.replaces.as_ref()?;
        let consent = held.poll.consent.as_ref();
        let detail = match consent {
            Some(consent) => {
                let (by, reason) = (&consent.by_name, &consent.reason);
                self.frame.t2("{} 已同意重办：{}", by, reason)
            }
            None => poll::who_agrees(self.frame, held.upper.as_ref()),
        };
        let (is_done, href) = (consent.is_some(), String::new());
        Some(Step::new("上级同意重办", is_done, is_planned, href, detail))
    }

    fn until_voting_ends(&self) -> Vec<Step> {
        let is_open = self.is(PollState::Open);
        // Before the last day nobody is sent to end the voting.
        let is_last_day = self
            .held
            .and_then(|held| held.poll.plan.closes_on)
            .is_some_and(|day| day <= self.frame.today);
        vec![
            Step::new(
                "会员投票",
                self.is_later_than(PollState::Open),
                is_open && self.slips() > 0,
                self.only_if(is_open, address::poll),
                if is_open {
                    self.frame.t1(
                        "应投 {} 人。投了多少张，工作小组成员凭成员码看。",
                        self.frame.count(self.roll()),
                    )
                } else {
                    self.t("用手机扫票，或者用共用的平板；也可以填纸质票。")
                },
            ),
            Step::new(
                "停止投票",
                self.is_later_than(PollState::Open),
                is_open && is_last_day,
                self.only_if(is_open, address::closing),
                self.t("到了最后一天，或者大家都投完了。"),
            ),
        ]
    }

    fn until_it_is_signed(&self) -> Vec<Step> {
        let (is_closed, is_counted) = (self.is(PollState::Closed), self.is(PollState::Counted));
        let is_agreed = self
            .held
            .is_some_and(|held| matches!(held.paper, Agreement::Agreed { .. }));
        vec![
            Step::new(
                "录入纸质票",
                self.is_later_than(PollState::Closed) || (is_closed && is_agreed),
                is_closed,
                self.only_if(is_closed, address::group),
                self.t("两位成员各数各录，一致才算；没有纸质票也各录一次 0。"),
            ),
            Step::new(
                "开箱计票",
                self.is_later_than(PollState::Closed),
                is_closed && is_agreed,
                self.only_if(is_closed, address::group),
                self.t("两位成员一起，用两人的成员码打开票箱。"),
            ),
            Step::new(
                "小组签字",
                self.is(PollState::Signed),
                is_counted,
                self.only_if(is_counted, address::group),
                self.frame.t1(
                    "{}成员签字，结果就正式生效，写进“我的家”。",
                    format::majority(self.frame.lang, self.rating.rules.group.signatures),
                ),
            ),
        ]
    }
}
