"""The store as the Slack channel sees it, in memory, for tests that need no database."""

from dataclasses import replace

from bot.channels.trail import Ask


class MemoryTrail:
    """`answers` are what went out; everything else is noted as the store notes it."""

    def __init__(self, *answers):
        self.answers = {one.reference: one for one in answers}
        self.later = ()
        self.pressed = {}
        self.asks = {}

    def answer(self, channel, reference):
        return self.answers.get(reference)

    def newer(self, answer):
        return self.later

    def press(self, reference, press):
        return self.pressed.setdefault((reference, press.what, ""), press)

    def vote(self, reference, press):
        slot = (reference, press.what, press.who)
        before, self.pressed[slot] = self.pressed.get(slot), press
        return before

    def presses(self, reference):
        return tuple(press for slot, press in self.pressed.items() if slot[0] == reference)

    def ask(self, reference, event, who):
        return self.asks.setdefault(reference, Ask(reference, event, who))

    def asked(self, reference):
        return self.asks.get(reference)

    def take_up(self, reference, who):
        ask = self.asks[reference]
        self.asks[reference] = ask if ask.taken_by or ask.resolved_by else replace(ask, taken_by=who)
        return self.asks[reference]

    def resolve(self, reference, who):
        ask = self.take_up(reference, who)
        self.asks[reference] = ask if ask.resolved_by else replace(ask, resolved_by=who)
        return self.asks[reference]
