//! Finding in a standard: a title by its key, what is asked of a kind, what a figure is on a day.

use jiff::civil::Date;

use crate::fact::Fact;
use crate::figure::{Figure, Rate};
use crate::kinds::Kind;
use crate::programme::{
    ActivityKind, Criterion, HigherHonour, Programme, Route, Standard, Title, TitleCriterion, Veto,
    XrayRule,
};
use crate::text::Text;

impl Programme {
    /// Its first and last year, for a year that is none of them.
    pub fn outside(&self, year: i16) -> Option<(i16, i16)> {
        let years = (self.first_year, self.last_year);
        (!(years.0..=years.1).contains(&year)).then_some(years)
    }
}

impl Standard {
    pub fn title(&self, key: &str) -> Option<&Title> {
        self.titles.iter().find(|title| title.key == key)
    }

    /// What a tier is called: a tier without a name of its own is called by its first title.
    pub fn tier_name(&self, key: &str) -> Option<&Text> {
        let own = self.tiers.iter().find(|tier| tier.key == key);
        own.map(|tier| &tier.name).or_else(|| {
            let title = self.titles.iter().find(|title| title.tier == key);
            title.map(|title| &title.name)
        })
    }

    pub fn criterion(&self, clause: &str) -> Option<&Criterion> {
        self.criteria
            .iter()
            .find(|criterion| criterion.clause == clause)
    }

    pub fn fact(&self, key: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.key == key)
    }

    pub fn higher_honour(&self, key: &str) -> Option<&HigherHonour> {
        self.higher_honours.iter().find(|honour| honour.key == key)
    }

    /// A rule of the x-ray.
    pub fn xray_rule(&self, key: &str) -> Option<&XrayRule> {
        self.xray.iter().find(|rule| rule.key == key)
    }

    pub fn veto(&self, clause: &str) -> Option<&Veto> {
        self.vetoes.iter().find(|veto| veto.clause == clause)
    }

    pub fn activity_kind(&self, key: &str) -> Option<&ActivityKind> {
        self.activity_kinds.iter().find(|kind| kind.key == key)
    }

    pub fn route(&self, title: &str) -> Option<&Route> {
        self.routes
            .iter()
            .find(|route| route.titles.iter().any(|key| key == title))
    }

    /// The titles that a kind can hold, lowest tier first.
    pub fn titles_of(&self, kind: Kind) -> impl Iterator<Item = &Title> {
        self.titles
            .iter()
            .filter(move |title| title.kinds.contains(&kind))
    }

    /// A title and those it builds on, lowest first.
    pub fn chain<'a>(&'a self, title: &'a Title) -> Vec<&'a Title> {
        let mut chain = vec![title];
        let mut current = title;
        // The loader refuses cycles; the bound keeps a hand-made standard from looping.
        while let Some(below) = current.below.as_deref().and_then(|key| self.title(key)) {
            if chain.len() > self.titles.len() {
                break;
            }
            chain.push(below);
            current = below;
        }
        chain.reverse();
        chain
    }

    /// The kinds that a fact is asked of: its own list, else every kind of a title whose criteria use it.
    pub fn kinds_asked(&self, fact: &Fact) -> Vec<Kind> {
        if !fact.ask_kinds.is_empty() {
            return fact.ask_kinds.clone();
        }
        let uses = |criterion: &&TitleCriterion| {
            criterion
                .check
                .facts()
                .iter()
                .any(|name| name.key == fact.key)
        };
        let mut kinds: Vec<Kind> = self
            .titles
            .iter()
            .flat_map(|title| title.criteria.iter())
            .filter(uses)
            .flat_map(|criterion| criterion.kinds.iter().copied())
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The facts that a kind's year sheet asks for, in order, without those that the system knows itself.
    pub fn facts_asked(&self, kind: Kind) -> Vec<&Fact> {
        self.facts
            .iter()
            .filter(|fact| fact.from.is_none() && self.kinds_asked(fact).contains(&kind))
            .collect()
    }

    /// The figure in force on a day: for a parameter, the last value whose `from` is not after the day (before the first one, the first).
    pub fn figure<'a>(&'a self, figure: &'a Figure, as_of: Date) -> &'a Figure {
        let Figure::Parameter(key) = figure else {
            return figure;
        };
        self.parameters
            .iter()
            .find(|parameter| &parameter.key == key)
            .and_then(|parameter| {
                let in_force = parameter
                    .values
                    .iter()
                    .rev()
                    .find(|(from, _)| *from <= as_of);
                in_force.or(parameter.values.first())
            })
            .map_or(figure, |(_, value)| value)
    }

    /// The figure in force as a rate.
    pub fn rate(&self, figure: &Figure, as_of: Date) -> Rate {
        match self.figure(figure, as_of) {
            Figure::Rate(rate) => *rate,
            Figure::Number(number) => Rate {
                numerator: number.saturating_mul(100),
                denominator: 100,
            },
            // The loader resolves every parameter to a value; a dangling one requires 100 %.
            Figure::Parameter(_) => Rate {
                numerator: 100,
                denominator: 100,
            },
        }
    }

    /// The figure in force as a whole number.
    pub fn number(&self, figure: &Figure, as_of: Date) -> u64 {
        match self.figure(figure, as_of) {
            Figure::Number(number) => *number,
            Figure::Rate(rate) => rate.of(1),
            Figure::Parameter(_) => u64::MAX,
        }
    }
}
