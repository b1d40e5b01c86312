//! A whole standard as plain data: the programme, its titles, criteria, vetoes, procedure and rewards.

mod finding;
pub mod roll;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::division::DivisionWords;
use crate::fact::{Fact, FactGroup};
use crate::figure::{Figure, Quorum, Rate};
use crate::keyed;
use crate::kinds::{Employer, HonourLevel, Kind, Post};
use crate::programme::roll::RollRules;
use crate::text::Text;

/// A loaded standard. All its references are valid: the loader accepts nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standard {
    pub key: String,
    /// Content hash (SHA-256, hex) over `standard.toml` and `facts.toml`, stored with every kept judgement.
    pub version: String,
    pub programme: Programme,
    pub parameters: Vec<Parameter>,
    /// What tiers are called; those without a name of their own are not in it.
    pub tiers: Vec<Tier>,
    /// In the order of the file: within a ladder, the lowest tier first.
    pub titles: Vec<Title>,
    pub criteria: Vec<Criterion>,
    pub groups: Vec<FactGroup>,
    pub facts: Vec<Fact>,
    /// The indices of the facts in the order of their keys, the order of a subject's answers.
    pub facts_by_key: Vec<usize>,
    pub activity_kinds: Vec<ActivityKind>,
    pub rating: Option<Rating>,
    pub vetoes: Vec<Veto>,
    pub equivalence: Option<Equivalence>,
    pub calendar: Option<Calendar>,
    pub review: Review,
    pub routes: Vec<Route>,
    pub targets: Vec<Target>,
    pub rewards: Vec<Reward>,
    pub supports: Vec<Clause>,
    pub clauses: Vec<Clause>,
    /// How the tables that offices send are read.
    pub tables: TableWords,
    pub divisions: DivisionWords,
}

/// What offices write into tables besides what is asked: an empty list says that nothing is taken so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableWords {
    /// The words of a row that sums up the others: 合计.
    pub totals: Vec<String>,
    /// The words with which a line below the table begins: 填表人.
    pub footers: Vec<String>,
    /// The words with which a line that is alone in its row begins, whatever follows: 此表一式三份.
    pub notes: Vec<String>,
    /// The words with which a number makes the title of a part: 表 (表二).
    pub titles: Vec<String>,
    /// The headings of the sum among columns below one heading, besides the words of a row that sums up: 总数 beside 男 and 女.
    pub sums: Vec<String>,
    /// What may stand in brackets behind a heading without changing what it asks: 人.
    pub remarks: Vec<String>,
    /// The headings of columns that are for the office alone: 序号.
    pub office_columns: Vec<String>,
    /// What an optional cell holds in the place of nothing: 无.
    pub nothing: Vec<String>,
    /// What a cell holds that is the same as the one above it: 同上.
    pub same_above: Vec<String>,
    /// Other headings by which offices call a column.
    pub headings: Vec<HeadingWords>,
}

/// What else a column of a kind of table is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeadingWords {
    /// The keys of the kind and of the column; ones that nobody knows name no column.
    pub kind: String,
    pub column: String,
    pub words: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {
    pub name: Text,
    pub kind: ProgrammeKind,
    pub approving_body: Text,
    pub document_number: String,
    pub issued_on: Date,
    pub first_year: i16,
    pub last_year: i16,
    pub cycle: String,
    pub legal_basis: Vec<Text>,
    pub summary: Text,
    /// How open points of the source are interpreted.
    pub notes: Vec<Text>,
    /// Words for the levels of honours, as certificates and tables have them, also in front of a title.
    pub level_words: Vec<(HonourLevel, String)>,
}

keyed! {
    /// The kind of programme: they differ in their rules.
    pub enum ProgrammeKind {
        Commendation = "commendation",
        GradeRating = "grade-rating",
        AnnualAssessment = "annual-assessment",
    }
}

/// A figure that may change by date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub key: String,
    pub name: Text,
    pub clause: String,
    /// The values by the day from which each is in force, earliest first; never empty.
    pub values: Vec<(Date, Figure)>,
}

/// A tier as people say it of several titles: `信赖`称号, `trusted` titles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    pub key: String,
    pub name: Text,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    pub key: String,
    pub name: Text,
    pub ladder: String,
    pub tier: String,
    /// The title it builds on, whose criteria are also this title's.
    pub below: Option<String>,
    /// Whether the title below (or an equivalent) must be held to apply.
    pub needs_below: bool,
    pub kinds: Vec<Kind>,
    pub source: String,
    pub slogan: Option<Text>,
    pub barred_by_vetoes: bool,
    /// For people: vetoes of the union bar only these posts.
    pub barred_posts: Vec<Post>,
    /// The title that the person's union must hold.
    pub needs_union_title: Option<String>,
    pub needs_union_title_clause: Option<String>,
    pub number_format: String,
    /// In the order of the source.
    pub criteria: Vec<TitleCriterion>,
}

/// A criterion as one title requires it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleCriterion {
    pub clause: String,
    /// The kinds it applies to: those common to the title, the criterion and its mention in the title. Never empty.
    pub kinds: Vec<Kind>,
    /// The employers it applies to; empty for any.
    pub employers: Vec<Employer>,
    pub check: Check,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    pub clause: String,
    pub group: Option<Text>,
    pub source: String,
    pub name: Text,
    pub text: Text,
    pub kinds: Vec<Kind>,
    pub employers: Vec<Employer>,
    pub verify: Vec<Verify>,
    pub check: Check,
    pub advice: Option<Text>,
}

keyed! {
    /// How a reviewer checks a criterion.
    pub enum Verify {
        Figures = "figures",
        Ledger = "ledger",
        Talk = "talk",
        OnTheSpot = "on-the-spot",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityKind {
    pub key: String,
    pub name: Text,
}

/// How the members' rating is calculated: counted answers ÷ valid answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// The answers that count as satisfied.
    pub counts: Vec<String>,
    /// The valid answers.
    pub of: Vec<String>,
    /// The answers that make up all ballots cast, void ones included.
    pub cast: Vec<String>,
    pub quorum: Quorum,
    pub note: Option<Text>,
    /// How many days it takes from preparing it to signing its result, by experience; `None` if nothing is said of it.
    pub takes_days: Option<u64>,
    /// How the roll compares with the members; `None` if the standard does not compare them.
    pub roll: Option<RollRules>,
    /// How the poll is held; `None` if the totals come from elsewhere.
    pub ballot: Option<BallotRules>,
}

/// How members answer, and who holds the poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotRules {
    /// What is rated, in the order of the slip; one of them decides.
    pub objects: Vec<RatedObject>,
    /// The grades to choose from, best first. Each is among the valid answers.
    pub grades: Vec<Grade>,
    /// The answer counted for a ballot that leaves the object blank.
    pub blank: String,
    pub group: GroupRules,
    /// Results are not published if fewer ballots than this would be shown, or could be told apart from the others.
    pub fewest_shown: u64,
    /// How long at most a ballot waits for others, in a small poll, before it is committed and its voter thanked.
    pub gathering_seconds: u64,
    /// A result that differs from last year's by more than this, in percentage points, is pointed out to the upper union.
    pub far_from_last_year: u64,
    /// The rating's own `roll`, for those who plan a poll.
    pub roll: Option<RollRules>,
}

/// One thing that members rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatedObject {
    pub key: String,
    pub name: Text,
    /// Whether it is the one that the criteria refer to.
    pub decides: bool,
    /// Whether it is rated once for the chair and each vice chair, by name.
    pub each_leader: bool,
}

/// One grade of the ballot; `key` is an answer of the formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    pub key: String,
    pub name: Text,
}

/// The working group that holds the poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRules {
    pub least: u64,
    pub most: u64,
    /// The sides that its members represent; at least one member for each.
    pub sides: Vec<Side>,
    /// How many members open the box together.
    pub keys: u64,
    /// The part of the group whose signatures a result needs.
    pub signatures: Quorum,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub key: String,
    pub name: Text,
    /// Whether a leader who is rated may stand for it.
    pub may_be_rated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Veto {
    pub clause: String,
    pub name: Text,
    pub text: Text,
    /// What departments call it in the tables they send, besides its name: 拖欠农民工工资.
    pub words: Vec<String>,
}

/// Earlier honours that count as a title held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivalence {
    pub clause: String,
    /// The last year in which such an honour was given.
    pub given_until: i16,
    pub levels: Vec<HonourLevel>,
    pub tier: String,
    pub must_be_reconfirmed: bool,
    pub text: Text,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub clause: String,
    pub declaration: Window,
    pub examination: Window,
    pub commendation: Window,
    /// Which act is done when.
    pub acts: Vec<ActWindow>,
}

/// When an act may be done: from the first day of one phase to the last day of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActWindow {
    pub act: RoundAct,
    pub from: Phase,
    pub to: Phase,
}

keyed! {
    pub enum Phase {
        Declaration = "declaration",
        Examination = "examination",
        Commendation = "commendation",
    }
}

keyed! {
    /// The acts of a round that are bound to days.
    pub enum RoundAct {
        Submit = "submit",
        /// After a return for correction.
        Resubmit = "resubmit",
        /// Of what was submitted; a draft may be thrown away on any day.
        Withdraw = "withdraw",
        /// Findings, opinions, returns and rejections.
        Review = "review",
        Decide = "decide",
        /// Recommending, taking that back, closing the list.
        Recommend = "recommend",
        Name = "name",
    }
}

impl ActWindow {
    /// The windows where a standard names no others: reviewers may begin when the first application arrives, a correction and a withdrawal come
    /// in while files are examined, and what is decided or recommended is so in the examination.
    pub fn usual() -> Vec<ActWindow> {
        RoundAct::ALL
            .into_iter()
            .map(|act| {
                let (from, to) = match act {
                    RoundAct::Submit => (Phase::Declaration, Phase::Declaration),
                    RoundAct::Resubmit | RoundAct::Withdraw | RoundAct::Review => {
                        (Phase::Declaration, Phase::Examination)
                    }
                    RoundAct::Decide | RoundAct::Recommend => {
                        (Phase::Examination, Phase::Examination)
                    }
                    RoundAct::Name => (Phase::Examination, Phase::Commendation),
                };
                ActWindow { act, from, to }
            })
            .collect()
    }
}

/// How files are reviewed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    pub unconfirmed: Unconfirmed,
    /// The clauses whose figures stand beside each candidate where candidates are ranked and recommended.
    pub shown: Vec<String>,
}

keyed! {
    /// What becomes of criteria that nobody has confirmed when many files are decided or recommended at once.
    #[derive(Default)]
    pub enum Unconfirmed {
        /// Such a file is left out until each of its criteria was confirmed on its own desk.
        #[default]
        Refuse = "refuse",
        /// Whoever decides may confirm the rest of many files, in their own name and with a reason, by an act of its own.
        Confirm = "confirm",
    }
}

/// A range of days of a year, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from: MonthDay,
    pub to: MonthDay,
    /// 0 for the round's own year, 1 for the next.
    pub year_offset: i16,
}

/// A day of any year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    pub month: i8,
    pub day: i8,
}

impl Window {
    /// The first and last day in a round's year.
    pub fn days(self, round_year: i16) -> (Date, Date) {
        let year = round_year.saturating_add(self.year_offset);
        (self.from.in_year(year), self.to.in_year(year))
    }
}

impl MonthDay {
    /// The day in a year; 29 February becomes the 28th where there is none.
    pub fn in_year(self, year: i16) -> Date {
        Date::new(year, self.month, self.day)
            .or_else(|_| Date::new(year, self.month, 28))
            .unwrap_or(Date::MIN)
    }
}

/// The steps of an application up to its decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub clause: String,
    pub titles: Vec<String>,
    pub steps: Vec<RouteStep>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteStep {
    pub act: RouteAct,
    /// The unit is the nearest one above that has one of these kinds.
    pub at: Vec<String>,
    /// If there is none of `at`: one of these kinds.
    pub otherwise: Vec<String>,
    /// Skipped if there is no such unit.
    pub optional: bool,
    /// Whether the recommending unit has a quota.
    pub quota: bool,
}

keyed! {
    /// What a unit does with an application.
    pub enum RouteAct {
        Endorse = "endorse",
        Decide = "decide",
        Recommend = "recommend",
        Name = "name",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub clause: String,
    pub title: String,
    pub name: Text,
    pub by: Date,
    pub amount: TargetAmount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetAmount {
    Count(u64),
    /// A share of all grassroots unions.
    Share(Rate),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    pub clause: String,
    pub name: Text,
    pub text: Text,
    pub titles: Vec<String>,
    pub kinds: Vec<Kind>,
    /// Division codes.
    pub divisions: Vec<String>,
    /// Change of the yearly subsidy in basis points: `+40%` is 4000.
    pub subsidy_change_bp: Option<i64>,
}

/// An informative clause, which is not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    pub clause: String,
    pub name: Option<Text>,
    pub text: Text,
}
