//! What the pages of a visit say: declared answers, what was noted, the colour and its signs.

use jianjia_app::check::inspection::{ClauseOfVisit, ClauseState, DeclaredFact, Sight, VisitView};
use jianjia_domain::{
    check::{
        outcome::{Decision, Signed},
        remark::{Content, PHOTOS_AT_MOST, Remark, RemarkInput, Seen, Settlement},
        visit::Colour,
    },
    honour::honour::Honour,
    year::statement,
};
use jianjia_standard::{
    fact::{FactKind, FactValue},
    programme::visit::Sign,
};

use super::{Inspect, Paper, Shown};
use crate::{form::Problems, frame::Frame};

/// The title that was drawn, by its name.
fn title_name(frame: &Frame, view: &VisitView) -> String {
    let title = view.standard.title(&view.visit.title);
    title.map_or_else(
        || view.visit.title.clone(),
        |title| frame.text(&title.name).to_owned(),
    )
}

/// An answer as it was declared.
fn declared(frame: &Frame, fact: &DeclaredFact) -> String {
    match &fact.value {
        Some(value) => statement::words(&fact.fact, value, frame.lang),
        None => frame.t("未填").to_owned(),
    }
}

/// What was found of a clause, answer by answer.
fn found(frame: &Frame, view: &VisitView, remark: &Remark) -> Vec<(String, String)> {
    let Content::Clause { found, .. } = &remark.content else {
        return Vec::new();
    };
    found
        .iter()
        .filter_map(|(key, value)| {
            let fact = view.standard.fact(key)?;
            let value = FactValue::from_json(fact, value).ok()?;
            let words = statement::words(fact, &value, frame.lang);
            Some((frame.text(&fact.name).to_owned(), words))
        })
        .collect()
}

fn seen(remark: &Remark) -> Option<Seen> {
    match &remark.content {
        Content::Clause { seen, .. } => Some(*seen),
        _ => None,
    }
}

fn seen_tag(seen: Seen) -> &'static str {
    match seen {
        Seen::Holds => "tag-met",
        Seen::Fails => "tag-unmet",
        Seen::Unseen => "tag-unknown",
    }
}

pub(super) fn colour_tag(colour: Colour) -> &'static str {
    match colour {
        Colour::Green => "tag-met",
        Colour::Amber => "tag-unknown",
        Colour::Red => "tag-unmet",
    }
}

fn sign_word(sign: Sign) -> &'static str {
    match sign {
        Sign::Unmet => "达不到标准",
        Sign::UnmetAbove => "达不到更高称号的标准",
        Sign::Unknown => "没能看到，不能认定",
        Sign::Differs => "与申报不一致",
        Sign::DiffersWithin => "与申报略有出入，在允许范围内",
    }
}

/// Who signed or commented, and whether they agree.
fn said(frame: &Frame, remark: &Remark) -> String {
    let (who, agrees) = match &remark.content {
        Content::Signature { name, agrees } => (name.as_str(), *agrees),
        Content::Comment { agrees } => (remark.account_name.as_str(), *agrees),
        Content::Clause { .. } => return String::new(),
    };
    let view = if agrees {
        "同意记录"
    } else {
        "有不同意见"
    };
    frame.t2("{}：{}", who, frame.t(view))
}

macro_rules! words_of_visit {
    ($($page:ident),*) => {$(
        impl $page {
            pub(super) fn title_name(&self) -> String {
                title_name(&self.frame, &self.view)
            }

            pub(super) fn declared(&self, fact: &DeclaredFact) -> String {
                declared(&self.frame, fact)
            }

            pub(super) fn found(&self, remark: &Remark) -> Vec<(String, String)> {
                found(&self.frame, &self.view, remark)
            }

            pub(super) fn seen(&self, remark: &Remark) -> Option<Seen> {
                seen(remark)
            }

            pub(super) fn seen_tag(&self, seen: &Seen) -> &'static str {
                seen_tag(*seen)
            }

            pub(super) fn said(&self, remark: &Remark) -> String {
                said(&self.frame, remark)
            }
        }
    )*};
}

words_of_visit!(Inspect, Shown, Paper);

impl Inspect {
    /// The key of the form of a clause, counted from 0; the last is that of the signature.
    pub(super) fn key(&self, place: &usize) -> &str {
        self.keys.get(*place).map_or("", String::as_str)
    }

    pub(super) fn signature_key(&self) -> &str {
        self.keys.last().map_or("", String::as_str)
    }

    pub(super) fn photos_at_most(&self) -> usize {
        PHOTOS_AT_MOST
    }

    /// What was typed of a clause's form, where it is the one that came back.
    pub(super) fn typed_of(&self, clause: &str) -> RemarkInput {
        if self.typed.clause == clause {
            self.typed.clone()
        } else {
            RemarkInput::default()
        }
    }

    pub(super) fn typed_found(&self, typed: &RemarkInput, key: &str) -> String {
        typed.found.get(key).cloned().unwrap_or_default()
    }

    pub(super) fn signature(&self) -> RemarkInput {
        if self.typed.kind == "signature" {
            self.typed.clone()
        } else {
            RemarkInput::default()
        }
    }

    /// The problems of a clause's form alone.
    pub(super) fn problems_of(&self, clause: &str) -> Problems {
        if self.typed.clause == clause && !self.problems.is_empty() {
            self.problems.clone()
        } else {
            Problems::none()
        }
    }

    pub(super) fn is_truth(&self, fact: &DeclaredFact) -> bool {
        fact.fact.kind == FactKind::Truth
    }

    pub(super) fn is_date(&self, fact: &DeclaredFact) -> bool {
        fact.fact.kind == FactKind::Date
    }

    pub(super) fn unit_word(&self, fact: &DeclaredFact) -> String {
        let unit = fact.fact.unit.as_ref();
        unit.map_or_else(String::new, |unit| self.frame.text(unit).to_owned())
    }

    pub(super) fn choices(&self, fact: &DeclaredFact) -> Vec<String> {
        fact.fact.choices.clone()
    }

    pub(super) fn seen_options(&self) -> Vec<(String, String)> {
        let words = Seen::ALL.into_iter();
        words
            .map(|seen| (seen.key().to_owned(), self.frame.t(seen.word()).to_owned()))
            .collect()
    }

    pub(super) fn state_tag(&self, clause: &ClauseOfVisit) -> &'static str {
        match &clause.state {
            ClauseState::Unnoted => "tag-na",
            ClauseState::Noted { seen, .. } => seen_tag(*seen),
            ClauseState::Contradicted(_) => "tag-unmet",
        }
    }

    pub(super) fn state_word(&self, clause: &ClauseOfVisit) -> &'static str {
        let word = match &clause.state {
            ClauseState::Unnoted => "还没有记录",
            ClauseState::Noted { seen, .. } => seen.word(),
            ClauseState::Contradicted(_) => "记录不一致，要裁定",
        };
        self.frame.t_fixed(word)
    }

    /// By what it was settled which remark stands.
    pub(super) fn settled<'a>(&self, clause: &'a ClauseOfVisit) -> Option<&'a Settlement> {
        match &clause.state {
            ClauseState::Noted { settled, .. } => settled.as_ref(),
            _ => None,
        }
    }

    pub(super) fn is_contradicted(&self, clause: &ClauseOfVisit) -> bool {
        matches!(clause.state, ClauseState::Contradicted(_))
    }

    /// Whether a remark is one of those that contradict each other now.
    pub(super) fn is_in_question(&self, clause: &ClauseOfVisit, remark: &Remark) -> bool {
        matches!(&clause.state, ClauseState::Contradicted(newest) if newest.contains(&remark.id))
    }

    pub(super) fn noted(&self) -> usize {
        let clauses = self.view.clauses.iter();
        clauses
            .filter(|clause| clause.state != ClauseState::Unnoted)
            .count()
    }

    pub(super) fn open_clauses(&self) -> String {
        self.view.open().join(self.frame.t("、"))
    }
}

impl Shown {
    pub(super) fn colour_tag(&self, colour: &Colour) -> &'static str {
        colour_tag(*colour)
    }

    /// The signs of a clause, each with its colour.
    pub(super) fn signs(&self, clause: &str) -> Vec<&Signed> {
        let outcome = self.view.outcome.iter();
        outcome
            .flat_map(|outcome| &outcome.signs)
            .filter(|signed| signed.clause == clause)
            .collect()
    }

    pub(super) fn sign_word(&self, signed: &Signed) -> &str {
        self.frame.t(sign_word(signed.sign))
    }

    /// Clauses with signs first: they are what is to be read.
    pub(super) fn told(&self) -> Vec<&ClauseOfVisit> {
        let clauses = self.view.clauses.iter();
        clauses
            .filter(|clause| !self.signs(&clause.clause).is_empty())
            .collect()
    }

    pub(super) fn decisions(&self) -> Vec<(String, String)> {
        let all = Decision::ALL.into_iter();
        let can_mend = self.view.past_mending.is_empty();
        all.filter(|decision| can_mend || *decision != Decision::Mend)
            .map(|decision| {
                (
                    decision.key().to_owned(),
                    self.frame.t(decision.word()).to_owned(),
                )
            })
            .collect()
    }

    /// The clauses that can't be mended, in words.
    pub(super) fn past_mending(&self) -> String {
        self.view.past_mending.join(self.frame.t("、"))
    }

    /// Whoever can be released from the visit.
    pub(super) fn going(&self) -> Vec<(String, String)> {
        let going = self.view.inspectors.iter();
        going
            .filter(|inspector| inspector.left.is_none())
            .map(|inspector| {
                let words = self
                    .frame
                    .t2("{}（{}）", &inspector.name, &inspector.unit_name);
                (inspector.account.to_string(), words)
            })
            .collect()
    }

    pub(super) fn is_inspector(&self) -> bool {
        self.view.sight == Sight::Inspector
    }

    pub(super) fn honour_title(&self, honour: &Honour) -> String {
        let title = self.view.standard.title(&honour.title);
        title.map_or_else(
            || honour.title.clone(),
            |title| self.frame.text(&title.name).to_owned(),
        )
    }

    pub(super) fn agree_options(&self) -> Vec<(String, String)> {
        agree_options(&self.frame)
    }

    pub(super) fn effect_name(&self, clause: &str) -> String {
        let reward = self.view.standard.rewards.iter();
        reward
            .filter(|reward| reward.clause == clause)
            .map(|reward| self.frame.text(&reward.name).to_owned())
            .collect()
    }
}

impl Inspect {
    pub(super) fn agree_options(&self) -> Vec<(String, String)> {
        agree_options(&self.frame)
    }
}

fn agree_options(frame: &Frame) -> Vec<(String, String)> {
    [("yes", "同意记录"), ("no", "有不同意见")]
        .map(|(key, word)| (key.to_owned(), frame.t(word).to_owned()))
        .into()
}
