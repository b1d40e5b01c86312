//! The criteria of a home: how each stands, in words, and where to go for what is missing.

use std::collections::BTreeSet;

use jianjia_app::round::home::{Home, Others};
use jianjia_domain::year::evidence::{self, Target};
use jianjia_standard::{
    Standard,
    check::Check,
    explain,
    judgement::{CheckVerdict, CriterionVerdict, Status},
    programme::{Title, TitleCriterion, Verify},
};

use crate::{
    frame::Frame,
    pages::{
        register,
        year::address::{self, question_on},
    },
};

/// Criteria of one state.
pub(super) struct Section {
    pub state: &'static str,
    pub title: String,
    pub is_open: bool,
    pub criteria: Vec<CriterionView>,
}

pub(super) struct CriterionView {
    pub clause: String,
    pub name: String,
    pub group: String,
    pub tier: String,
    pub state: &'static str,
    /// Whether last year's answers, once confirmed, would meet it.
    pub is_met_by_offers: bool,
    /// 还差 12 名会员办卡
    pub missing: Option<String>,
    /// 会员人数 150 ÷ 职工人数 190 ≈ 78.94 %，要求 80%
    pub sums: Vec<String>,
    pub text: String,
    pub advice: String,
    pub verify: String,
    pub links: Vec<(String, String)>,
    /// What is answered and lacks its document, each with the place to attach it.
    pub lacking: Vec<(String, String)>,
    /// How others did what is missing, and where all of them stand.
    pub others: Option<Others>,
    pub others_href: String,
}

/// What is asked for a title: its own criteria first, then those of the tiers below, as they stand.
pub(super) fn criteria(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    title: &Title,
) -> Vec<CriterionView> {
    let mut views = Vec::new();
    for tier in standard.chain(title).into_iter().rev() {
        let Some(verdict) = home.judgement.verdict(&tier.key) else {
            continue;
        };
        for (asked, found) in tier.criteria.iter().zip(&verdict.criteria) {
            views.push(view(standard, frame, home, tier, asked, found));
        }
    }
    // A clause that is asked at two tiers stands under the tier's name too.
    let clauses: Vec<String> = views.iter().map(|view| view.clause.clone()).collect();
    for view in &mut views {
        let asked = clauses.iter().filter(|clause| **clause == view.clause);
        if asked.count() > 1 {
            view.name = frame.t2("{}（{}）", &view.name, &view.tier);
        }
    }
    views
}

fn view(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    title: &Title,
    asked: &TitleCriterion,
    found: &CriterionVerdict,
) -> CriterionView {
    let criterion = standard.criterion(&asked.clause);
    let text = |text: Option<&jianjia_standard::Text>| {
        text.map_or_else(String::new, |text| frame.text(text).to_owned())
    };
    let verify: Vec<&str> = criterion
        .map_or(&[][..], |criterion| &criterion.verify)
        .iter()
        .map(|verify| frame.t_fixed(verify_word(*verify)))
        .collect();
    let subject = &home.sheet.subject;
    let links = links(standard, frame, home, asked, found);
    let others = home.others.get(&asked.clause);
    CriterionView {
        others: others.filter(|_| is_open(found.status)).cloned(),
        others_href: format!("/cases?clause={}&like={}", asked.clause, home.sheet.unit.id),
        clause: asked.clause.clone(),
        name: text(criterion.map(|criterion| &criterion.name)),
        group: text(criterion.and_then(|criterion| criterion.group.as_ref())),
        tier: frame.text(&title.name).to_owned(),
        state: match found.status {
            Status::Met => "met",
            Status::Unmet => "unmet",
            Status::Unknown => "unknown",
            Status::NotApplicable => "n/a",
        },
        is_met_by_offers: found.status == Status::Unknown
            && home
                .confirmed
                .as_ref()
                .and_then(|judgement| judgement.verdict(&title.key)?.criterion(&asked.clause))
                .is_some_and(|confirmed| confirmed.status == Status::Met),
        // Where answers are merely missing, the links to them say it all.
        missing: explain::criterion(standard, subject, &title.key, found, home.as_of, frame.lang)
            .filter(|_| links.is_empty() || !is_only_unanswered(standard, found)),
        sums: asked
            .check
            .parts()
            .iter()
            .zip(&found.checks)
            .flat_map(|(check, verdict)| {
                let worked = sum(standard, frame, home, check, verdict);
                let behind = worked.as_ref().and_then(|_| behind(frame, home, check));
                worked.into_iter().chain(behind)
            })
            .collect(),
        text: text(criterion.map(|criterion| &criterion.text)),
        advice: text(criterion.and_then(|criterion| criterion.advice.as_ref())),
        verify: verify.join(frame.t("、")),
        links,
        lacking: lacking(standard, frame, home, asked, found),
    }
}

/// The documents that a met criterion still lacks. What a person's title asks for is not documented piece by piece.
fn lacking(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    asked: &TitleCriterion,
    found: &CriterionVerdict,
) -> Vec<(String, String)> {
    let sheet = &home.sheet;
    if sheet.person.is_some() || found.status != Status::Met {
        return Vec::new();
    }
    let has = |key: &str| !sheet.evidence_of(key).is_empty();
    let named = asked.check.facts();
    let lacking = evidence::lacking(standard, &named, &sheet.subject.facts, has);
    lacking
        .into_iter()
        .map(|fact| {
            let target = Target::fact(None, &fact.key);
            (
                address::evidence_for(&sheet.unit.id, &target, sheet.year),
                frame.text(&fact.name).to_owned(),
            )
        })
        .collect()
}

/// Whether nothing is known to be short: only answers of the sheet are missing.
fn is_only_unanswered(standard: &Standard, found: &CriterionVerdict) -> bool {
    found.status == Status::Unknown
        && found.missing.iter().all(|key| standard.fact(key).is_some())
        && found
            .checks
            .iter()
            .all(|check| check.status != Status::Unmet)
}

/// A rate, worked out: the two numbers by their names, the quotient, what is asked.
fn sum(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    check: &Check,
    verdict: &CheckVerdict,
) -> Option<String> {
    let required = verdict.required.as_deref()?;
    let worked = match check {
        Check::Ratio { part, whole, .. } => {
            let (part_count, whole_count) = halves(verdict)?;
            let name = |key: &str| explain::missing_name(standard, key, frame.lang);
            format!(
                "{} {part_count} ÷ {} {whole_count} {}",
                name(&part.key),
                name(&whole.key),
                explain::percentage(part_count, whole_count)?
            )
        }
        Check::Subordinates { tier, .. } => {
            let (part_count, whole_count) = halves(verdict)?;
            format!(
                "{} {part_count} ÷ {} {whole_count} {}",
                frame.t1("下属{}", explain::tier_title(standard, tier, frame.lang)),
                frame.t("下属基层工会"),
                explain::percentage(part_count, whole_count)?
            )
        }
        Check::Rating { .. } => explain::worked_sum(standard, home.sheet.subject.rating.as_ref()?)?,
        _ => return None,
    };
    Some(frame.t2("{}，要求 {}", worked, required))
}

/// What stands behind a rating's sum: the roll, the ballots, and of how many members, where they are more.
fn behind(frame: &Frame, home: &Home, check: &Check) -> Option<String> {
    let rating = home.rating.as_ref()?;
    if !matches!(check, Check::Rating { .. }) {
        return None;
    }
    let (roll, cast) = (rating.counts.roll, rating.counts.cast());
    let counts = frame.t2(
        "应投 {} 人，收回 {} 张。",
        frame.count(roll),
        frame.count(cast),
    );
    let words = home.roll.as_ref().map(|roll| roll.words(frame.lang));
    Some(match words.filter(|words| !words.is_empty()) {
        Some(words) => format!("{counts} {words}"),
        None => counts,
    })
}

fn halves(verdict: &CheckVerdict) -> Option<(u64, u64)> {
    let (part, whole) = verdict.actual.as_deref()?.split_once('/')?;
    Some((part.parse().ok()?, whole.parse().ok()?))
}

/// Where to go for what is missing, to the very question, the log, the election, the rating: address and words, each address once.
fn links(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    asked: &TitleCriterion,
    found: &CriterionVerdict,
) -> Vec<(String, String)> {
    if !is_open(found.status) {
        // The rating has its place, met or not.
        return links_to_records(frame, home, asked, found);
    }
    let mut links = links_to_facts(standard, frame, home, asked, found);
    links.extend(links_to_records(frame, home, asked, found));
    if found.missing.iter().any(|key| key == "employer") {
        let edit = register::address::edit(&home.sheet.unit.id);
        links.push((edit, frame.t("补填单位性质").to_owned()));
    }
    let mut known = BTreeSet::new();
    links.retain(|(href, _)| known.insert(href.clone()));
    links
}

fn is_open(status: Status) -> bool {
    matches!(status, Status::Unmet | Status::Unknown)
}

/// To the questions that are not answered, or whose answers are not enough.
fn links_to_facts(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    asked: &TitleCriterion,
    found: &CriterionVerdict,
) -> Vec<(String, String)> {
    let sheet = &home.sheet;
    let open_facts: BTreeSet<&str> = asked
        .check
        .parts()
        .iter()
        .zip(&found.checks)
        .filter(|(_, verdict)| verdict.status == Status::Unmet)
        .flat_map(|(check, _)| check.facts())
        .map(|fact| fact.key.as_str())
        .chain(found.missing.iter().map(String::as_str))
        .collect();
    // In the order of the sheet, so that the same criterion always lists them the same way.
    let facts = standard.facts.iter();
    facts
        .filter(|fact| open_facts.contains(fact.key.as_str()))
        .map(|fact| {
            let name = frame.text(&fact.name);
            let is_said = || sheet.facts.get(&fact.key);
            if sheet.known.iter().any(|(key, _)| *key == fact.key) {
                (
                    register::address::elections(&sheet.unit.id),
                    frame.t1("换届登记：{}", name),
                )
            } else if is_said().is_some_and(|said| !said.value.is_null()) {
                (question_on(sheet, fact), frame.t1("改“{}”", name))
            } else {
                (question_on(sheet, fact), name.to_owned())
            }
        })
        .collect()
}

/// To the log of activities and to the members' rating, where a criterion asks for them.
fn links_to_records(
    frame: &Frame,
    home: &Home,
    asked: &TitleCriterion,
    found: &CriterionVerdict,
) -> Vec<(String, String)> {
    let sheet = &home.sheet;
    let parts = asked.check.parts().into_iter().zip(&found.checks);
    parts
        .filter(|(check, verdict)| is_open(verdict.status) || matches!(check, Check::Rating { .. }))
        .filter_map(|(check, verdict)| match check {
            Check::Activities { .. } => Some((
                address::activities(&sheet.unit.id),
                frame.t("去登记活动").to_owned(),
            )),
            Check::Rating { .. } => {
                let words = if verdict.status == Status::Unknown {
                    "去组织民主测评"
                } else {
                    "看民主测评"
                };
                Some((
                    address::rating(&sheet.unit.id, sheet.year),
                    frame.t(words).to_owned(),
                ))
            }
            _ => None,
        })
        .collect()
}

pub fn verify_word(verify: Verify) -> &'static str {
    match verify {
        Verify::Figures => "核对数字",
        Verify::Ledger => "看台账",
        Verify::Talk => "找职工聊",
        Verify::OnTheSpot => "到现场看",
    }
}

/// Unmet first, then what is not known, then what is met and what does not apply, folded.
pub(super) fn sections(frame: &Frame, criteria: Vec<CriterionView>) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut rest = criteria;
    for (state, title, is_open) in [
        ("unmet", "还没有达到", true),
        ("unknown", "还不知道，填了才能算", true),
        ("met", "已经达到", false),
        ("n/a", "对本单位不适用", false),
    ] {
        let (of_state, others): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|view| view.state == state);
        rest = others;
        if !of_state.is_empty() {
            sections.push(Section {
                state,
                title: frame.t(title).to_owned(),
                is_open,
                criteria: of_state,
            });
        }
    }
    sections
}
