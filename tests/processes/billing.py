"""The application that tests of sending run; they tell it at run time where to send."""

from layeron import backend, webhooks

app = backend()
app.use(webhooks.out("billing"))
