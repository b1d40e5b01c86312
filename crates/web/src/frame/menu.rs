//! The menus: what everybody may open, and what somebody signed in works with.

use jianjia_domain::core::{
    place::UnitKind,
    policy::{Act, Actor, Role},
};

use crate::{frame::Frame, pages::round::address};

/// Whether the members of a unit of the kind rate its home: not a branch's, which is its union's, nor of those that only lead.
pub fn holds_ratings(kind: UnitKind) -> bool {
    !matches!(kind, UnitKind::Branch | UnitKind::District | UnitKind::City)
}

/// A link of the menu.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuItem {
    pub href: String,
    pub word: &'static str,
    pub is_current: bool,
    /// Shown behind the word unless it is 0.
    pub count: i64,
}

impl Frame {
    /// The links for everybody.
    pub fn public_menu(&self) -> Vec<MenuItem> {
        [
            ("/", "首页"),
            ("/standard", "建家标准"),
            ("/progress", "进展"),
            ("/honours", "光荣册"),
            ("/cases", "案例库"),
            ("/publications", "公示"),
            ("/calendar", "年度日程"),
        ]
        .into_iter()
        .map(|(href, word)| self.item(href.to_owned(), word))
        .collect()
    }

    /// The links of somebody signed in, by what the roles work with.
    pub fn own_menu(&self) -> Vec<MenuItem> {
        if self.actor.is_none() {
            return Vec::new();
        }
        if self.actor.as_ref().is_some_and(Actor::is_department) {
            return vec![
                self.item(address::OWN_DEPARTMENT.to_owned(), "答复清单"),
                MenuItem {
                    count: self.unread,
                    ..self.item("/messages".to_owned(), "消息")
                },
            ];
        }
        let mut menu = vec![
            self.item("/desk".to_owned(), "工作台"),
            MenuItem {
                count: self.unread,
                ..self.item("/messages".to_owned(), "消息")
            },
        ];
        if let Some(at) = self
            .roles()
            .iter()
            .find(|at| matches!(at.role, Role::Clerk | Role::Chair))
        {
            menu.push(self.item(format!("/units/{}/home", at.unit.id), "我的家"));
            menu.push(self.item(format!("/units/{}/applications", at.unit.id), "我的申报"));
            if holds_ratings(at.unit.kind) {
                let rating = format!("/units/{}/rating/{}", at.unit.id, self.year);
                menu.push(self.item(rating, "会员民主测评"));
            }
        }
        if self.leads() {
            menu.push(self.item("/reviews".to_owned(), "审核"));
            menu.push(self.item("/units".to_owned(), "工会名册"));
            if self.roles_may(Act::SeeInsight) {
                menu.push(self.item("/dashboard".to_owned(), "看板"));
            }
            menu.push(self.item("/vetoes".to_owned(), "否决登记"));
            if self.roles_may(Act::SeeLists) {
                menu.push(self.item("/departments".to_owned(), "部门答复"));
            }
            if !self.roles_may(Act::SeeSpotCheck) {
                menu.push(self.item("/visits".to_owned(), "抽查检查"));
            }
        } else if self.has(Role::Administrator) {
            menu.push(self.item("/units".to_owned(), "工会名册"));
        }
        // The city's page of the spot checks leads to the rest: its menu is long enough.
        if self.roles_may(Act::SeeSpotCheck) {
            menu.push(self.item("/spot-checks".to_owned(), "抽查"));
        } else if self.leads() && self.has(Role::Approver) {
            menu.push(self.item("/renewals".to_owned(), "到期复核"));
        }
        if self.leads() {
            menu.push(self.item("/insight/x-ray".to_owned(), "数据体检"));
            menu.push(self.item("/priority".to_owned(), "优先推荐"));
        }
        if self.roles_may(Act::AskWhatIf) {
            menu.push(self.item("/what-if".to_owned(), "标准测算"));
        }
        if self.roles_may(Act::SeeMoney) {
            menu.push(self.item("/money".to_owned(), "经费"));
        }
        if self.roles_may(Act::ImportUnits) {
            menu.push(self.item("/imports".to_owned(), "导入"));
        }
        if self.leads() || self.has(Role::Administrator) {
            menu.push(self.item("/invitations".to_owned(), "邀请"));
        }
        if self.has(Role::Administrator) {
            menu.push(self.item("/accounts".to_owned(), "账号"));
        }
        if self.roles_may(Act::AnswerLetter) {
            menu.push(self.item("/letters".to_owned(), "来信"));
        }
        if self.roles_may(Act::HandleObjection) {
            menu.push(self.item("/objections".to_owned(), "异议"));
        }
        if self.has(Role::Auditor) {
            menu.push(self.item("/audit".to_owned(), "审计"));
        }
        menu
    }

    fn item(&self, href: String, word: &'static str) -> MenuItem {
        let is_current = self.path == href
            || (href != "/"
                && self
                    .path
                    .strip_prefix(&href)
                    .is_some_and(|rest| rest.starts_with('/')));
        MenuItem {
            href,
            word: self.t_fixed(word),
            is_current,
            count: 0,
        }
    }
}
