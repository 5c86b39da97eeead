//! What letters say, in both languages. They hold nothing that a stranger could have chosen (no names):
//! an account can be made with anybody's address.

use crate::account::settings::Language;

/// A letter, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// What a letter is about.
pub(crate) enum About<'a> {
    /// Is this your address?
    Verify { link: &'a str },
    /// Choose a new password.
    Reset { link: &'a str },
    /// To the old address: the account has another one.
    AddressChanged,
    /// The password was changed.
    PasswordChanged,
}

impl Letter {
    pub fn new(to: &str, language: Language, about: About<'_>) -> Self {
        let (subject, text) = match language {
            Language::En => english(&about),
            Language::Zh => chinese(&about),
        };
        Self { to: to.to_owned(), subject: subject.to_owned(), text }
    }
}

fn english(about: &About<'_>) -> (&'static str, String) {
    match about {
        About::Verify { link } => (
            "Lensfinder: is this your address?",
            format!(
                "Hello,\n\n\
                 this address was given for an account at Lensfinder. If that was you, please open this link \
                 within two days:\n\n\
                 {link}\n\n\
                 If it was not you, please just ignore this letter.\n\n\
                 Lensfinder\n"
            ),
        ),
        About::Reset { link } => (
            "Lensfinder: choose a new password",
            format!(
                "Hello,\n\n\
                 somebody asked for a new password for your account at Lensfinder. If that was you, please \
                 open this link within one hour:\n\n\
                 {link}\n\n\
                 If it was not you, there is nothing to do: your password stays as it is.\n\n\
                 Lensfinder\n"
            ),
        ),
        About::AddressChanged => (
            "Lensfinder: your account has a new e-mail address",
            "Hello,\n\n\
             the e-mail address of your account at Lensfinder was changed; this one no longer opens it.\n\n\
             If that was not you, please write to the people who run this site.\n\n\
             Lensfinder\n"
                .to_owned(),
        ),
        About::PasswordChanged => (
            "Lensfinder: your password was changed",
            "Hello,\n\n\
             the password of your account at Lensfinder was changed, and all other devices were signed \
                 out.\n\n\
             If that was not you, please choose a new password with \"Forgot your password?\" on the \
                 sign-in page.\n\n\
             Lensfinder\n"
                .to_owned(),
        ),
    }
}

fn chinese(about: &About<'_>) -> (&'static str, String) {
    match about {
        About::Verify { link } => (
            "Lensfinder：请确认您的邮箱",
            format!(
                "您好：\n\n\
                 有人用这个邮箱在 Lensfinder 填写了账号信息。如果是您本人，请在两天内打开下面的链接：\n\n\
                 {link}\n\n\
                 如果不是您，请忽略这封邮件。\n\n\
                 Lensfinder\n"
            ),
        ),
        About::Reset { link } => (
            "Lensfinder：设置新密码",
            format!(
                "您好：\n\n\
                 有人请求为您的 Lensfinder 账号设置新密码。如果是您本人，请在一小时内打开下面的链接：\n\n\
                 {link}\n\n\
                 如果不是您，无需任何操作：密码不会改变。\n\n\
                 Lensfinder\n"
            ),
        ),
        About::AddressChanged => (
            "Lensfinder：账号邮箱已更改",
            "您好：\n\n\
             您的 Lensfinder 账号已换用另一个邮箱，这个邮箱不能再用来登录。\n\n\
             如果这不是您本人的操作，请联系本网站的管理人员。\n\n\
             Lensfinder\n"
                .to_owned(),
        ),
        About::PasswordChanged => (
            "Lensfinder：密码已更改",
            "您好：\n\n\
             您的 Lensfinder 账号密码已更改，其他设备均已退出登录。\n\n\
             如果这不是您本人的操作，请在登录页点击“忘记密码”，重新设置密码。\n\n\
             Lensfinder\n"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_exists_in_both_languages_and_carries_its_link() {
        let link = "https://lens.example/verify#abc";
        for language in [Language::En, Language::Zh] {
            for about in [About::Verify { link }, About::Reset { link }] {
                let letter = Letter::new("a@example.org", language, about);
                assert!(letter.text.lines().any(|line| line == link), "{}", letter.text);
                assert!(letter.subject.starts_with("Lensfinder"));
            }
        }
        let zh = Letter::new("a@example.org", Language::Zh, About::PasswordChanged);
        assert!(zh.text.starts_with("您好"));
    }
}
