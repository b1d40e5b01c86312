//! Why a row of a table of accounts can't be taken, in words.

use jianjia_standard::Lang;

use crate::core::{policy::Role, refusal::Refuse};

#[derive(Clone, Debug, PartialEq)]
pub enum AccountRowRefusal {
    NoSuchRole {
        typed: String,
    },
    /// The union's chair has an account, in another name.
    ChairHasAccount {
        chair: String,
    },
    /// The number is somebody's who has an account, or an earlier row's.
    TelephoneTaken {
        holder: String,
        /// Whether the holder has the row's name.
        is_same: bool,
    },
}

impl Refuse for AccountRowRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (AccountRowRefusal::NoSuchRole { typed }, Lang::Zh) => {
                let roles = Role::AT_UNITS.map(Role::word).join("、");
                if typed.is_empty() {
                    format!("角色空着。请填：{roles}。")
                } else {
                    format!("“{typed}”不是角色。请填：{roles}。")
                }
            }
            (AccountRowRefusal::NoSuchRole { typed }, Lang::En) => {
                let roles = Role::AT_UNITS.map(Role::key).join(", ");
                if typed.is_empty() {
                    format!("The role is empty. Enter one of these: {roles}.")
                } else {
                    format!("“{typed}” is no role. Enter one of these: {roles}.")
                }
            }
            (AccountRowRefusal::ChairHasAccount { chair }, Lang::Zh) => format!(
                "这个工会已有主席账号（{chair}）。换届的，请先在工会的人员里登记新主席，再在“工会的账号”里交接；是同一个人的，请把姓名改成一样。"
            ),
            (AccountRowRefusal::ChairHasAccount { chair }, Lang::En) => format!(
                "This union's chair has an account already ({chair}). After an election register the new chair under people and hand the account over on “Accounts of the union”; if it is the same person, write the same name."
            ),
            (
                AccountRowRefusal::TelephoneTaken {
                    holder,
                    is_same: true,
                },
                Lang::Zh,
            ) => format!(
                "“{holder}”用这个手机号已有账号。是同一个人的，请在“账号”里给那个账号增加角色，这一行删去；是同名的另一个人，请填本人的手机号。"
            ),
            (
                AccountRowRefusal::TelephoneTaken {
                    holder,
                    is_same: true,
                },
                Lang::En,
            ) => format!(
                "“{holder}” has an account with this number already. If it is the same person, add the role to that account under “Accounts” and remove this row; if it is another of the same name, enter that person's own number."
            ),
            (
                AccountRowRefusal::TelephoneTaken {
                    holder,
                    is_same: false,
                },
                Lang::Zh,
            ) => format!("这个手机号已经是“{holder}”的。请核对，填本人的手机号，或者空着。"),
            (
                AccountRowRefusal::TelephoneTaken {
                    holder,
                    is_same: false,
                },
                Lang::En,
            ) => format!(
                "This number is that of “{holder}” already. Check it and enter the person's own, or leave it empty."
            ),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            AccountRowRefusal::NoSuchRole { .. } => "import/no-such-role",
            AccountRowRefusal::ChairHasAccount { .. } => "import/chair-has-account",
            AccountRowRefusal::TelephoneTaken { .. } => "import/telephone-taken",
        }
    }
}
