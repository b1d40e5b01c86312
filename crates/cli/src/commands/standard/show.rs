//! A standard as readable text.

mod check;

use std::fmt::Write;

use jianjia_standard::kinds::{Employer, Kind};
use jianjia_standard::programme::{Title, TitleCriterion, Window};
use jianjia_standard::{Lang, Standard, subsidy};

/// The whole standard, ladder by ladder, then vetoes, calendar, routes, targets and rewards.
pub fn page(standard: &Standard, lang: Lang) -> String {
    let mut page = Page {
        standard,
        lang,
        text: String::new(),
    };
    page.programme();
    for title in &standard.titles {
        page.title(title);
    }
    page.figures();
    page.vetoes();
    page.procedure();
    page.rewards();
    page.subsidies();
    page.text
}

struct Page<'a> {
    standard: &'a Standard,
    lang: Lang,
    text: String,
}

impl Page<'_> {
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    fn line(&mut self, indent: usize, words: impl AsRef<str>) {
        // Writing to a `String` can't fail.
        let _ = writeln!(self.text, "{:indent$}{}", "", words.as_ref());
    }

    fn heading(&mut self, words: impl AsRef<str>) {
        self.line(0, "");
        self.line(0, words);
    }

    fn programme(&mut self) {
        let programme = &self.standard.programme;
        self.line(0, programme.name.get(self.lang));
        let years = format!("{}–{}", programme.first_year, programme.last_year);
        let body = programme.approving_body.get(self.lang);
        self.line(
            0,
            format!("{body} · {} · {years}", programme.document_number),
        );
        self.line(0, programme.summary.get(self.lang));
        for note in &programme.notes {
            self.line(2, format!("· {}", note.get(self.lang)));
        }
    }

    fn title(&mut self, title: &Title) {
        let slogan = title
            .slogan
            .as_ref()
            .map(|slogan| format!(" “{}”", slogan.get(self.lang)));
        self.heading(format!(
            "■ {}{}  [{}]",
            title.name.get(self.lang),
            slogan.unwrap_or_default(),
            title.key
        ));
        self.line(
            2,
            format!(
                "{}{}",
                self.say("对象：", "for: "),
                self.kinds(&title.kinds)
            ),
        );
        if let Some(below) = title
            .below
            .as_deref()
            .and_then(|key| self.standard.title(key))
        {
            let name = below.name.get(self.lang);
            let needed = if title.needs_below {
                self.say("，须已有该称号", ", which must be held")
            } else {
                ""
            };
            self.line(
                2,
                format!("{}{name}{needed}", self.say("在此之上：", "builds on: ")),
            );
        }
        if let Some(union_title) = title
            .needs_union_title
            .as_deref()
            .and_then(|key| self.standard.title(key))
        {
            let name = union_title.name.get(self.lang);
            self.line(
                2,
                format!(
                    "{}{name}",
                    self.say("所在工会须已是：", "the own union must be: ")
                ),
            );
        }
        if title.barred_by_vetoes {
            self.line(2, self.say("一票否决的条款适用", "vetoes apply"));
        }
        for asked in &title.criteria {
            self.criterion(title, asked);
        }
    }

    fn criterion(&mut self, title: &Title, asked: &TitleCriterion) {
        let Some(criterion) = self.standard.criterion(&asked.clause) else {
            return;
        };
        self.line(
            2,
            format!("{:<4} {}", asked.clause, criterion.name.get(self.lang)),
        );
        self.line(7, criterion.text.get(self.lang));
        if asked.kinds != title.kinds {
            self.line(
                7,
                format!(
                    "{}{}",
                    self.say("仅对：", "only for: "),
                    self.kinds(&asked.kinds)
                ),
            );
        }
        if !asked.employers.is_empty() {
            let names: Vec<&str> = asked
                .employers
                .iter()
                .map(|employer: &Employer| employer.name(self.lang))
                .collect();
            self.line(
                7,
                format!(
                    "{}{}",
                    self.say("仅对：", "only for: "),
                    names.join(self.say("、", ", "))
                ),
            );
        }
        let check = self.check(&asked.check);
        self.line(7, format!("→ {check}"));
    }

    fn kinds(&self, kinds: &[Kind]) -> String {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name(self.lang)).collect();
        names.join(self.say("、", ", "))
    }

    fn figures(&mut self) {
        let Some(rating) = &self.standard.rating else {
            return;
        };
        self.heading(format!("■ {}", self.say("民主测评", "Members' rating")));
        let quorum = rating.quorum.to_string();
        self.line(
            2,
            format!(
                "({}) ÷ ({}); {}{quorum}",
                rating.counts.join(" + "),
                rating.of.join(" + "),
                self.say("参评：", "quorum: ")
            ),
        );
        if let Some(note) = &rating.note {
            self.line(2, note.get(self.lang));
        }
    }

    fn vetoes(&mut self) {
        self.heading(format!("■ {}", self.say("一票否决", "Vetoes")));
        for veto in &self.standard.vetoes {
            self.line(
                2,
                format!("{:<4} {}", veto.clause, veto.name.get(self.lang)),
            );
        }
        self.departments();
        if let Some(equivalence) = &self.standard.equivalence {
            self.heading(format!("■ {}", self.say("以前的荣誉", "Earlier honours")));
            self.line(
                2,
                format!(
                    "{:<4} {}",
                    equivalence.clause,
                    equivalence.text.get(self.lang)
                ),
            );
        }
    }

    /// Who answers for which vetoes, within how many working days.
    fn departments(&mut self) {
        if self.standard.departments.is_empty() {
            return;
        }
        self.heading(format!("■ {}", self.say("答复部门", "Departments")));
        for department in &self.standard.departments {
            let days = match self.lang {
                Lang::Zh => format!("{} 个工作日内答复", department.days_to_answer),
                Lang::En => format!("within {} working days", department.days_to_answer),
            };
            let clauses = department.clauses.join(" ");
            let name = department.name.get(self.lang);
            self.line(2, format!("{clauses:<8} {name} · {days}"));
        }
    }

    fn procedure(&mut self) {
        self.heading(format!("■ {}", self.say("程序", "Procedure")));
        self.calendar();
        self.routes();
        self.targets();
    }

    fn calendar(&mut self) {
        if let Some(calendar) = &self.standard.calendar {
            let window = |window: &Window| {
                let next = if window.year_offset > 0 {
                    self.say("次年 ", "next year ")
                } else {
                    ""
                };
                let (from, to) = (window.from, window.to);
                format!(
                    "{next}{:02}-{:02} – {:02}-{:02}",
                    from.month, from.day, to.month, to.day
                )
            };
            let lines = [
                (
                    self.say("申报", "declaration"),
                    window(&calendar.declaration),
                ),
                (
                    self.say("审核", "examination"),
                    window(&calendar.examination),
                ),
                (
                    self.say("表彰", "commendation"),
                    window(&calendar.commendation),
                ),
            ];
            let words: Vec<String> = lines
                .iter()
                .map(|(name, days)| format!("{name} {days}"))
                .collect();
            self.line(
                2,
                format!(
                    "{:<4} {}",
                    calendar.clause,
                    words.join(self.say("；", "; "))
                ),
            );
        }
    }

    fn routes(&mut self) {
        for route in &self.standard.routes {
            let steps: Vec<String> = route
                .steps
                .iter()
                .map(|step| format!("{} ({})", step.act, step.at.join("|")))
                .collect();
            self.line(
                2,
                format!(
                    "{:<4} {}: {}",
                    route.clause,
                    route.titles.join(", "),
                    steps.join(" → ")
                ),
            );
        }
    }

    fn targets(&mut self) {
        for target in &self.standard.targets {
            self.line(
                2,
                format!(
                    "{:<4} {} ({})",
                    target.clause,
                    target.name.get(self.lang),
                    target.by
                ),
            );
        }
    }

    fn subsidies(&mut self) {
        let standard = self.standard;
        let Some(rules) = &standard.subsidy else {
            return;
        };
        self.heading(format!("■ {}", rules.name.get(self.lang)));
        for scheme in &rules.schemes {
            let (name, text) = (scheme.name.get(self.lang), scheme.text.get(self.lang));
            self.line(2, format!("{:<4} {name}: {text}", scheme.clause));
            for effect in subsidy::changes(standard, scheme, self.lang) {
                self.line(7, effect);
            }
        }
    }

    fn rewards(&mut self) {
        self.heading(format!(
            "■ {}",
            self.say("奖励与保障", "Rewards and support")
        ));
        for reward in &self.standard.rewards {
            self.line(
                2,
                format!(
                    "{:<4} {}: {}",
                    reward.clause,
                    reward.name.get(self.lang),
                    reward.text.get(self.lang)
                ),
            );
        }
        for purpose in &self.standard.purposes {
            let name = purpose.name.get(self.lang);
            let may = self.say("可用于", "may be spent on");
            self.line(2, format!("{:<4} {may}: {name}", purpose.clause));
        }
        for clause in self.standard.supports.iter().chain(&self.standard.clauses) {
            self.line(
                2,
                format!("{:<4} {}", clause.clause, clause.text.get(self.lang)),
            );
        }
    }
}
