# AWS application load balancer. When no target is healthy it sends traffic to all of them.
#
# A target that stops to be ready is out of traffic after at most interval x unhealthy_threshold + timeout
# = 13 s, so that the service drains for longer than that: `health.drain_on(stop, Duration::from_secs(15))`.
# A connection that is refused is not tried elsewhere: a shorter drain loses requests at every deployment.
resource "aws_lb_target_group" "orders" {
  name     = "orders"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = var.vpc_id

  # Matters only where a target is deregistered before it is told to end, as ECS does. It shortens no drain.
  deregistration_delay = 15

  health_check {
    path                = "/health/ready"
    matcher             = "200"
    interval            = 5
    timeout             = 3
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}
